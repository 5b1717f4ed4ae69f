/**
 * The simple mode of docs/messages.md: one X25519 key a person, HKDF-SHA256, AES-256-GCM, all of it the browser's own.
 *
 * Both ends derive the same key from their own private and the other's public key, so that whoever wrote a message can read it.
 * There is no forward secrecy.
 */

import { bigEndian, compare, fromBase64, idBytes, join, toBase64 } from "./bytes.js";
import { Expected } from "./expected.js";

/** The `kind` that messages of this mode are sent with. */
export const KIND = "simple";

const MODE = 0x01;
const HEADER = 9;
const NONCE = 12;
const TAG = 16;
const CONTEXT = new TextEncoder().encode("tenon.v1 simple\0");

/**
 * @typedef {{id: string, publicKey: string}} End A person, and their public key in base64.
 * @typedef {{sender: string, recipient: string, clientId: string}} Labels What a message is bound to.
 * @typedef {{sender: number, recipient: number}} Versions Of the two public keys.
 */

/** Why nothing was sealed or opened. */
export class SealError extends Expected {
  /** @param {"weak-key" | "malformed" | "forged"} reason */
  constructor(reason) {
    const words = {
      "weak-key": "The public key is not good for an agreement.",
      malformed: "The content is not of the simple mode.",
      forged: "The content does not open: it was changed, or sealed with other keys or as another message.",
    };
    super(words[reason]);
    this.reason = reason;
  }
}

/** A new key. The private half never leaves the browser's keeping. */
export async function generateKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  const bytes = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return { privateKey, publicKey: toBase64(bytes) };
}

/**
 * The key that two people share.
 * @param {End & {privateKey: CryptoKey}} me
 * @param {End} peer
 * @returns {Promise<CryptoKey>}
 */
export async function agree(me, peer) {
  const secret = await sharedSecret(me.privateKey, publicBytes(peer.publicKey));
  const ends = [me, peer].map(({ id, publicKey }) => ({ id: idBytes(id), key: publicBytes(publicKey) }));
  // Both ends must write them in the same order.
  ends.sort((one, other) => compare(one.id, other.id));
  const info = join(CONTEXT, ...ends.flatMap(({ id, key }) => [id, key]));
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** @param {string} key */
function publicBytes(key) {
  const bytes = fromBase64(key);
  if (bytes?.length !== 32) throw new SealError("weak-key");
  return bytes;
}

async function sharedSecret(privateKey, theirs) {
  const other = await crypto.subtle.importKey("raw", theirs, "X25519", false, []);
  let secret;
  try {
    secret = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, privateKey, 256));
  } catch {
    throw new SealError("weak-key");
  }
  // Every agreement with a point of low order has this result (RFC 7748, section 6.1).
  if (secret.every((byte) => byte === 0)) throw new SealError("weak-key");
  return secret;
}

/**
 * Seals a text with a random nonce; the result is what is sent as `content`.
 * @param {CryptoKey} key
 * @param {Labels} labels
 * @param {Versions} versions
 * @param {string} text
 */
export function seal(key, labels, versions, text) {
  return sealWith(key, labels, versions, text, crypto.getRandomValues(new Uint8Array(NONCE)));
}

/** With a nonce that was given, as only a test does. */
export async function sealWith(key, labels, versions, text, nonce) {
  const header = join(Uint8Array.of(MODE), bigEndian(versions.sender, 4), bigEndian(versions.recipient, 4));
  const options = { name: "AES-GCM", iv: nonce, additionalData: associated(header, labels) };
  const sealed = await crypto.subtle.encrypt(options, key, new TextEncoder().encode(text));
  return toBase64(join(header, nonce, new Uint8Array(sealed)));
}

/**
 * The versions that a content names, so that its reader can choose the keys. They are not verified before it is opened.
 * @param {string} content
 * @returns {Versions}
 */
export function versionsOf(content) {
  const { header } = parts(content);
  const view = new DataView(header.buffer, header.byteOffset);
  return { sender: view.getUint32(1), recipient: view.getUint32(5) };
}

/**
 * Opens a content that was sealed with this key as the message of `labels`.
 * @param {CryptoKey} key
 * @param {Labels} labels
 * @param {string} content
 */
export async function open(key, labels, content) {
  const { header, nonce, sealed } = parts(content);
  const options = { name: "AES-GCM", iv: nonce, additionalData: associated(header, labels) };
  let plain;
  try {
    plain = await crypto.subtle.decrypt(options, key, sealed);
  } catch {
    throw new SealError("forged");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    throw new SealError("malformed");
  }
}

/** @param {string} content */
function parts(content) {
  const bytes = fromBase64(content);
  if (bytes?.[0] !== MODE || bytes.length < HEADER + NONCE) throw new SealError("malformed");
  // Without a tag it is nothing that was sealed, which WebCrypto would say in a way of its own.
  if (bytes.length < HEADER + NONCE + TAG) throw new SealError("forged");
  const body = HEADER + NONCE;
  return { header: bytes.slice(0, HEADER), nonce: bytes.slice(HEADER, body), sealed: bytes.slice(body) };
}

/** @param {Uint8Array} header @param {Labels} labels */
const associated = (header, { sender, recipient, clientId }) =>
  join(header, idBytes(sender), idBytes(recipient), idBytes(clientId));
