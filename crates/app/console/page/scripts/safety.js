/**
 * Safety numbers: 60 digits that two people compare to know that they have each other's keys. Signal's numeric fingerprint of
 * version 0, as crates/client computes it.
 */

import { compare, fromBase64, idBytes, join } from "./bytes.js";

const ITERATIONS = 5_200;
const VERSION = Uint8Array.of(0, 0);

/** What libsignal's serialisation of a public key begins with. */
const KEY_TYPE = Uint8Array.of(0x05);

/** Halves that were computed, by whom and which keys: each takes thousands of hashes. */
const known = new Map();

/**
 * The number of two people with these identity keys in base64; the order of the people and of their keys does not matter.
 * @param {string} me
 * @param {string[]} mine
 * @param {string} peer
 * @param {string[]} theirs
 * @returns {Promise<string>} 60 digits
 */
export async function safetyNumber(me, mine, peer, theirs) {
  const halves = await Promise.all([half(me, mine), half(peer, theirs)]);
  return halves.sort().join("");
}

/**
 * Twelve groups of five digits.
 * @param {string} number
 */
export const groups = (number) => number.match(/.{5}/g) ?? [];

function half(id, keys) {
  const name = [id, ...[...keys].sort()].join(" ");
  if (!known.has(name)) known.set(name, compute(idBytes(id), keys));
  return known.get(name);
}

async function compute(id, keys) {
  const sorted = keys.map((key) => fromBase64(key) ?? new Uint8Array()).sort(compare);
  const serialized = join(...sorted.flatMap((key) => [KEY_TYPE, key]));
  let hash = join(VERSION, serialized, id);
  for (let round = 0; round < ITERATIONS; round += 1) {
    hash = new Uint8Array(await crypto.subtle.digest("SHA-512", join(hash, serialized)));
  }
  return [0, 5, 10, 15, 20, 25].map((place) => digits(hash.subarray(place, place + 5))).join("");
}

// Five bytes are far below 2^53.
function digits(chunk) {
  const number = chunk.reduce((value, byte) => value * 256 + byte, 0);
  return String(number % 100_000).padStart(5, "0");
}
