/** Requests to the server, as whoever is signed in. */

import { Problem } from "./problem.js";
import { session } from "./session.js";

/**
 * @typedef {{status: number, headers: Headers, body: any, etag: string | null}} Answer
 * @typedef {{query?: Record<string, any>, ifMatch?: string, idempotencyKey?: string}} Options
 */

function onceKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Keys for the attempts of one form: the same for what is sent again, so that a lost answer makes no second thing, and another for
 * what was changed.
 * @returns {(body: any) => string}
 */
export function onceKeys() {
  let key = onceKey();
  let sent;
  return (body) => {
    const text = JSON.stringify(body);
    if (sent !== undefined && sent !== text) key = onceKey();
    sent = text;
    return key;
  };
}

/** A path with its parameters; those that are empty are left out. */
export function withQuery(path, query) {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

/** @returns {Promise<Answer>} */
async function send(method, path, body, { query, ifMatch, idempotencyKey } = {}) {
  const url = withQuery(path, query);
  const ask = async () => {
    const headers = new Headers({ Accept: "application/json" });
    const token = session.token();
    if (token) headers.set("Authorization", `Bearer ${token}`);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    if (ifMatch) headers.set("If-Match", ifMatch);
    if (idempotencyKey) headers.set("Idempotency-Key", idempotencyKey);
    return raw(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  };
  const used = session.token();
  let answer = await ask();
  if (answer.status === 401 && used) {
    // Somebody else may have refreshed meanwhile.
    const fresh = session.token() !== used || (await session.refresh());
    if (fresh) answer = await ask();
    if (answer.status === 401) session.end("Your session has ended. Sign in again to go on.");
  }
  if (answer.status >= 400) throw new Problem(answer.status, answer.body ?? {});
  return answer;
}

/**
 * One request, without a token.
 * @returns {Promise<Answer>}
 */
export async function raw(url, init) {
  let response, text;
  try {
    response = await fetch(url, { cache: "no-store", credentials: "omit", ...init });
    text = await response.text();
  } catch {
    throw Problem.unreachable();
  }
  const isJson = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  let body = text;
  if (isJson && text !== "") {
    try {
      body = JSON.parse(text);
    } catch {
      throw new Problem(response.status, { code: "unreadable", title: "The answer cannot be read" });
    }
  } else if (response.status >= 400) {
    body = { title: `The server answered ${response.status}` };
  }
  return { status: response.status, headers: response.headers, body, etag: response.headers.get("ETag") };
}

export const api = {
  /** @param {string} path @param {Options} [options] */
  get: (path, options) => send("GET", path, undefined, options),
  /** @param {string} path @param {any} [body] @param {Options} [options] */
  post: (path, body, options) => send("POST", path, body, options),
  /** @param {string} path @param {any} [body] @param {Options} [options] */
  put: (path, body, options) => send("PUT", path, body, options),
  /** @param {string} path @param {any} [body] @param {Options} [options] */
  patch: (path, body, options) => send("PATCH", path, body, options),
  /** @param {string} path @param {Options} [options] */
  delete: (path, options) => send("DELETE", path, undefined, options),
};
