// A client on Node with `socket.io-client`. Takes a command a line as JSON, and answers each with a line.
'use strict';

const { createInterface } = require('node:readline');
const { Manager } = require('socket.io-client');
const { put, next } = require('./queue.js');

let manager;
let sockets = {};

// Bytes are `{"base64": text}` in JSON.
function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.base64 === 'string') return Buffer.from(value.base64, 'base64');
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, read(inner)]));
}

function written(value) {
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== 'object') return value;
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, written(inner)]));
}

function enter(namespace, auth) {
  const socket = manager.socket(namespace, { auth });
  socket.on('connect', () => put({ namespace, connected: socket.recovered ? 'recovered' : 'anew' }));
  socket.on('connect_error', ({ message }) => {
    // An attempt that is repeated by itself is no answer of the server's.
    if (!socket.active) put({ namespace, refused: message });
  });
  socket.on('disconnect', (reason) => put({ namespace, disconnected: reason }));
  socket.onAny((event, ...args) => put({ namespace, event, args: written(args) }));
  sockets[namespace] = socket;
}

function open({ url, namespaces, auth, transports, reconnect }) {
  manager = new Manager(url, { transports, reconnection: reconnect, reconnectionDelay: 50, reconnectionDelayMax: 200 });
  sockets = {};
  for (const namespace of namespaces) enter(namespace, auth);
  return {};
}

// The transport once none is being changed for a better one.
function transport() {
  const { engine } = manager;
  const name = () => ({ transport: engine.transport.name });
  // Before its probe is answered, an engine does not say that it is about to change.
  if (engine.transport.name === 'websocket' || !manager.opts.transports.includes('websocket')) return name();
  return new Promise((resolve) => {
    engine.once('upgrade', () => resolve(name()));
    engine.once('upgradeError', (error) => resolve({ failed: String(error) }));
  });
}

async function follow(command) {
  if (command.open) return open(command.open);
  if (command.emit) {
    const { namespace, event, args } = command.emit;
    sockets[namespace].emit(event, ...read(args));
    return {};
  }
  if (command.call) {
    const { namespace, event, args } = command.call;
    return new Promise((resolve) => {
      sockets[namespace].emit(event, ...read(args), (...answer) => resolve({ ack: written(answer) }));
    });
  }
  if (command.leave) {
    sockets[command.leave].disconnect();
    return {};
  }
  return command.transport ? transport() : next();
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await follow(JSON.parse(line)))}\n`);
  }
  process.exit();
}

main();
