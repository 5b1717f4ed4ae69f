// Modules of the console that need no browser, on Node. Takes a command a line as JSON, and answers each with a line.

import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// Node 18 has it under this name alone.
globalThis.crypto ??= webcrypto;

const require = createRequire(import.meta.url);
const { put, next } = require('./queue.js');

const scripts = new URL('../../../crates/app/console/page/scripts/', import.meta.url);
const load = (name) => import(new URL(name, scripts));

const url = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const secret = ({ privateKey, publicKey }) =>
  crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'X25519', d: url(privateKey), x: url(publicKey) }, 'X25519', false, ['deriveBits']);

// What was refused, and why.
async function refusal(work) {
  try {
    return await work();
  } catch (error) {
    return { refused: error.reason };
  }
}

// Seals `text` and opens `content`, whichever are there.
async function simple({ own, peer, labels, versions, text, nonce, content }) {
  const { agree, seal, sealWith, open, versionsOf } = await load('crypto.js');
  return refusal(async () => {
    const key = await agree({ ...own, privateKey: await secret(own) }, peer);
    const answer = {};
    if (nonce) answer.sealed = await sealWith(key, labels, versions, text, Buffer.from(nonce, 'base64'));
    else if (text !== undefined) answer.sealed = await seal(key, labels, versions, text);
    if (content !== undefined) Object.assign(answer, { opened: await open(key, labels, content), versions: versionsOf(content) });
    return answer;
  });
}

async function safety({ me, mine, peer, theirs }) {
  const { safetyNumber, groups } = await load('safety.js');
  const number = await safetyNumber(me, mine, peer, theirs);
  return { number, groups: groups(number) };
}

// What a reader sees in the code that the page draws, with four pixels a module and the frame that it needs.
async function qrCode(digits) {
  const readCode = require('jsqr');
  const grid = (await load('qr.js')).qrCode(digits);
  const [scale, frame] = [4, 4];
  const side = (grid.length + 2 * frame) * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let place = 0; place < side * side; place += 1) {
    const [row, column] = [Math.floor(place / side), place % side].map((pixel) => Math.floor(pixel / scale) - frame);
    if (grid[row]?.[column]) pixels.fill(0, place * 4, place * 4 + 3);
  }
  return { read: readCode(pixels, side, side)?.data };
}

// Follows the pages of a log.
async function keyLog({ user, pages }) {
  const { emptyLedger, follow, identityKeys, publicKey } = await load('keylog.js');
  return refusal(async () => {
    let ledger = await emptyLedger(user);
    const changes = [];
    for (const page of pages) {
      const step = await follow(ledger, page);
      ledger = step.ledger;
      changes.push(...step.changes.map(({ kind }) => kind));
    }
    return { head: ledger.head, changes, publicKey: publicKey(ledger), identityKeys: identityKeys(ledger) };
  });
}

let line;

// A browser's socket that fails only closes; this library's ends the program, too, when nobody listens to its errors.
class WebSocket extends require('ws') {
  constructor(...given) {
    super(...given);
    this.on('error', () => {});
  }
}

// Opens a line with tickets; what it hears and how it is comes out of `next`.
async function open({ origin, token }) {
  const { Line, byTicket } = await load('socket.js');
  const post = async (path) => {
    const answer = await fetch(origin + path, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(body.detail), { status: answer.status });
    return { body };
  };
  line = new Line({
    address: `${origin.replace('http', 'ws')}/api/ws`,
    WebSocket,
    authorize: byTicket({ post }),
    token: async () => token,
    hear: (heard) => put({ heard }),
    change: (state) => put({ state: state.name }),
  });
  return {};
}

async function answered(promise) {
  try {
    return { answer: (await promise) ?? null };
  } catch (error) {
    return { failed: error.name, code: error.code };
  }
}

async function follow(command) {
  if (command.simple) return simple(command.simple);
  if (command.safety) return safety(command.safety);
  if (command.qrCode) return qrCode(command.qrCode);
  if (command.keyLog) return keyLog(command.keyLog);
  if (command.open) return open(command.open);
  if (command.subscribe) return answered(line.subscribe(command.subscribe));
  if (command.unsubscribe) return answered(line.unsubscribe(command.unsubscribe));
  if (command.ask) return answered(line.ask(command.ask.type, command.ask.fields));
  return next();
}

for await (const text of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await follow(JSON.parse(text)))}\n`);
}
process.exit();
