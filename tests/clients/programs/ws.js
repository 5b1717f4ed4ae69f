// A client on Node with `ws`. Takes a command a line as JSON, and answers each with a line.
'use strict';

const { createInterface } = require('node:readline');
const WebSocket = require('ws');
const { put, next, forget } = require('./queue.js');

let socket;

function open({ url, protocols, headers }) {
  forget();
  socket = new WebSocket(url, protocols, { headers });
  socket.on('message', (data, isBinary) => put(isBinary ? { binary: data.length } : { text: data.toString() }));
  socket.on('close', (code, reason) => put({ closed: code, reason: reason.toString() }));
  // What an error ends is closed after it.
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.on('open', () => resolve({ opened: socket.protocol }));
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve({ refused: response.statusCode });
    });
  });
}

async function follow(command) {
  if (command.open) return open(command.open);
  if (command.send === undefined) return next();
  socket.send(command.send);
  return {};
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await follow(JSON.parse(line)))}\n`);
  }
  process.exit();
}

main();
