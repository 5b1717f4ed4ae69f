/** Bytes, and the texts that stand for them. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Base64 with padding (RFC 4648, section 4).
 * @param {Uint8Array} bytes
 */
export function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * The bytes of canonical base64: with its padding and without stray bits. Null for anything else.
 * @param {string} text
 */
export function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
}

/** @param {Uint8Array} bytes */
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * The bytes of hexadecimal digits; null for anything else.
 * @param {string} text
 */
export function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/**
 * The 16 bytes of a UUID.
 * @param {string} id
 */
export function idBytes(id) {
  if (!UUID.test(id)) throw new TypeError("not a UUID");
  return /** @type {Uint8Array} */ (fromHex(id.replaceAll("-", "")));
}

/** @param {...Uint8Array} parts */
export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

/**
 * A number in big-endian order.
 * @param {number} value
 * @param {1 | 4 | 8} length
 */
export function bigEndian(value, length) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes.slice(8 - length);
}

/**
 * Compares as numbers are compared that are written in big-endian order.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function compare(one, other) {
  for (let place = 0; place < Math.min(one.length, other.length); place += 1) {
    if (one[place] !== other[place]) return one[place] - other[place];
  }
  return one.length - other.length;
}
