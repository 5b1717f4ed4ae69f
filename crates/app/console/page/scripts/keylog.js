/**
 * The append-only log of a person's keys, as the server shows it, verified line by line.
 *
 * Each line's hash covers the one before, so whoever has kept the head notices when the server later tells another history.
 */

import { bigEndian, fromBase64, fromHex, idBytes, join, toHex } from "./bytes.js";
import { Expected } from "./expected.js";

const START = new TextEncoder().encode("tenon.v1 key log ");
const AT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const LARGEST_VERSION = 0xffff_ffff;

/**
 * @typedef {{number: number, kind: string, device?: number, version?: number, keys?: string[], at: string, previous: string,
 *   hash: string}} Line
 * @typedef {{user: string, head: {number: number, hash: string}, publicKeys: Record<number, string>,
 *   devices: Record<number, {identity: string, agreement: string}>}} Ledger Every key that a person has and had, as far as their
 *   log was verified. It is never changed; what follows makes a new one.
 */

/** Why lines were not accepted. Nothing of a page that has such a line is. */
export class KeyLogError extends Expected {
  /** @param {"rewritten" | "forged" | "malformed"} reason @param {number} number */
  constructor(reason, number) {
    const words = {
      rewritten: `Line ${number} does not continue the key log that was seen before: the log was rewritten.`,
      forged: `Line ${number} of the key log has a wrong hash.`,
      malformed: `Line ${number} of the key log cannot be understood.`,
    };
    super(words[reason]);
    this.reason = reason;
  }
}

/**
 * The ledger of a log without lines.
 * @param {string} user
 * @returns {Promise<Ledger>}
 */
export async function emptyLedger(user) {
  const hash = await sha256(join(START, idBytes(user)));
  return { user, head: { number: 0, hash }, publicKeys: {}, devices: {} };
}

/**
 * What a ledger is after these lines, and what they changed. The head itself may be repeated as the first line, which shows that it
 * still is what it was.
 * @param {Ledger} ledger
 * @param {Line[]} lines
 * @returns {Promise<{ledger: Ledger, changes: {kind: string, device: number, version: number}[]}>}
 */
export async function follow(ledger, lines) {
  const next = structuredClone(ledger);
  const changes = [];
  for (const line of lines) {
    if (line.number === next.head.number && line.hash === next.head.hash) continue;
    if (line.number !== next.head.number + 1 || line.previous !== next.head.hash) {
      throw new KeyLogError("rewritten", line.number);
    }
    if ((await lineHash(line)) !== line.hash) throw new KeyLogError("forged", line.number);
    if (!take(next, line)) throw new KeyLogError("malformed", line.number);
    changes.push({ kind: line.kind, device: line.device ?? 0, version: line.version ?? 0 });
    next.head = { number: line.number, hash: line.hash };
  }
  return { ledger: next, changes };
}

/**
 * The latest simple public key and its version; null when there is none.
 * @param {Ledger} ledger
 */
export function publicKey(ledger) {
  const version = Math.max(0, ...Object.keys(ledger.publicKeys).map(Number));
  return version === 0 ? null : { version, publicKey: ledger.publicKeys[version] };
}

/**
 * What safety numbers are made of: the identity keys of the devices, or the simple key of a person without any.
 * @param {Ledger} ledger
 */
export function identityKeys(ledger) {
  const devices = Object.values(ledger.devices);
  if (devices.length > 0) return devices.map((device) => device.identity);
  const simple = publicKey(ledger);
  return simple === null ? [] : [simple.publicKey];
}

/**
 * What the hash of a line must be.
 * @param {Line} line
 */
export async function lineHash(line) {
  const bytes = lineBytes(line);
  if (bytes === null) throw new KeyLogError("malformed", line.number);
  return sha256(bytes);
}

function lineBytes({ previous, number, kind, device = 0, version = 0, keys = [], at }) {
  const before = fromHex(previous);
  const name = new TextEncoder().encode(kind);
  const bytes = keys.map(fromBase64);
  const when = microseconds(at);
  const numbers = [number, device, version];
  const fits = name.length < 256 && keys.length < 256 && numbers.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (before?.length !== 32 || when === null || !fits || bytes.some((key) => key?.length !== 32)) return null;
  return join(
    before, bigEndian(number, 8), bigEndian(name.length, 1), name, bigEndian(device, 4), bigEndian(version, 8),
    bigEndian(keys.length, 1), ...bytes, bigEndian(when, 8),
  );
}

// Dates of JavaScript end at milliseconds.
function microseconds(at) {
  const [, date, fraction = "", zone] = AT.exec(at) ?? [];
  const millis = Date.parse(`${date}${zone}`);
  return Number.isNaN(millis) || millis < 0 ? null : millis * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

function take(ledger, { kind, device = 0, version = 0, keys = [] }) {
  if (kind === "public-key" && keys.length === 1) {
    const newer = version <= LARGEST_VERSION && version > (publicKey(ledger)?.version ?? 0);
    if (newer) [ledger.publicKeys[version]] = keys;
    return newer;
  }
  const known = Object.hasOwn(ledger.devices, device);
  if (kind === "device-added" && keys.length === 2 && !known) {
    ledger.devices[device] = { identity: keys[0], agreement: keys[1] };
    return true;
  }
  if (kind === "device-removed" && keys.length === 0 && known) return delete ledger.devices[device];
  return false;
}

const sha256 = async (bytes) => toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
