/** A client of `tenon.v1`: a connection to /api/ws that is opened again whenever it ends, and goes on in every room where it was. */

import { Backoff, jittered } from "./socket/backoff.js";
import { Connection } from "./socket/connection.js";
import { Places } from "./socket/places.js";

export { Cut, Refused } from "./socket/connection.js";
export { bySubprotocol, byTicket, freshToken } from "./socket/authorization.js";

/** A connection that lived so long was a good one. */
const STEADY = 5_000;

/** How long to stay away after being told of a limit. */
const PENANCE = 20_000;

const LIMITS = [4409, 4429];

/** A connection that ended without a word (RFC 6455, section 7.4.1). */
const CUT = 1006;

/**
 * @typedef {object} Options
 * @property {() => Promise<{query: Record<string, string>, protocols: string[]}>} authorize Says who opens a connection.
 * @property {() => Promise<string>} [token] An access token that is good for a minute at least. With it a connection outlives the
 *   token that it was opened with; without it, it is opened anew.
 * @property {(frame: object) => void} [hear] Is given `welcome`, `entered` for each room that was subscribed to, each `event`
 *   once and in order, `gap`, `lost` for a room that is refused, and whatever else is no answer.
 * @property {(state: State) => void} [change] Is told how the line is.
 * @property {string} [address] The address of the socket, without a query.
 * @property {typeof WebSocket} [WebSocket]
 *
 * @typedef {{name: "connecting" | "open"} | {name: "waiting", until: number, reason: string} | {name: "closed"} |
 *   {name: "refused", problem: Error}} State
 */

export class Line {
  #options;
  #places = new Places();
  #backoff = new Backoff();
  /** @type {Connection | null} */
  #connection = null;
  #timer;
  #closed = false;
  #comeBack = () => this.#now();

  /** @param {Options} options */
  constructor(options) {
    this.#options = { hear: () => {}, change: () => {}, WebSocket: globalThis.WebSocket, address: here(), ...options };
    globalThis.addEventListener?.("online", this.#comeBack);
    this.#open();
  }

  /**
   * Subscribes to a room now and after each cut.
   * @param {string} room
   * @param {import("./socket/places.js").Position | null} from To hear what came after a position; else what comes.
   */
  async subscribe(room, from = null) {
    this.#places.want(room, from);
    const resume = this.#places.position(room);
    if (this.#connection?.isWelcome) await this.#enter(this.#connection, resume === null ? { room } : { room, resume });
  }

  /** @param {string} room */
  async unsubscribe(room) {
    this.#places.forget(room);
    if (this.#connection?.isWelcome) await this.#connection.ask("unsubscribe", { room });
  }

  /** Up to where a room was heard; null before it was entered. */
  position(room) {
    return this.#places.position(room);
  }

  /**
   * Sends a frame and answers what the server answers.
   * @param {string} type
   * @param {object} fields
   * @returns {Promise<any>} Rejected with `Refused` when the server says no, and with `Cut` when there is no connection, or none any
   *   more: then nobody knows whether the frame was followed.
   */
  ask(type, fields) {
    if (this.#connection === null) return Connection.missing();
    return this.#connection.ask(type, fields);
  }

  /** Ends it for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.("online", this.#comeBack);
    this.#connection?.end("The page was left.");
    this.#options.change({ name: "closed" });
  }

  async #open() {
    this.#options.change({ name: "connecting" });
    const { address, authorize, token, WebSocket } = this.#options;
    let authorization;
    try {
      authorization = await authorize();
    } catch (problem) {
      return this.#refused(problem);
    }
    if (this.#closed) return undefined;
    const url = new URL(address);
    url.search = String(new URLSearchParams(authorization.query));
    this.#connection = new Connection({
      socket: new WebSocket(url.href, ["tenon.v1", ...authorization.protocols]),
      token,
      hear: (frame, connection) => this.#hear(frame, connection),
      ended: (end) => this.#ended(end),
    });
    return undefined;
  }

  #hear(frame, connection) {
    if (frame.type === "welcome") {
      this.#options.change({ name: "open" });
      const asked = this.#places.ask(frame.rooms);
      this.#options.hear(frame);
      for (const request of asked) this.#enter(connection, request).catch(() => {});
      return;
    }
    if (frame.type === "gap") this.#places.gap(frame);
    if (frame.type !== "event" || this.#places.hear(frame)) this.#options.hear(frame);
  }

  async #enter(connection, request) {
    try {
      return await connection.ask("subscribe", request, ({ room, epoch, offset }) => {
        this.#places.entered({ room, epoch, offset });
        this.#options.hear({ type: "entered", room, epoch, offset });
      });
    } catch (error) {
      if (error.name === "Refused") this.#lost(request.room, error);
      throw error;
    }
  }

  /** A room that was left, or is not there any more, is not asked for again. */
  #lost(room, { code, message }) {
    if (code === "unavailable") return;
    this.#places.forget(room);
    this.#options.hear({ type: "lost", room, code, message });
  }

  #ended({ code, reason, retryAfter, lived }) {
    this.#connection = null;
    if (this.#closed) return;
    // One that is ended on purpose, again and again, is not a success.
    if (lived > STEADY || (lived > 0 && code === CUT)) this.#backoff.reset();
    const limited = LIMITS.includes(code);
    this.#wait(retryAfter ?? (limited ? jittered(PENANCE) : this.#backoff.next()), reason);
  }

  /** A refusal that a further request would get as well ends the line. */
  #refused(problem) {
    if (this.#closed) return;
    if ([401, 403].includes(problem.status)) this.#options.change({ name: "refused", problem });
    else this.#wait(problem.status === 429 ? jittered(PENANCE) : this.#backoff.next(), problem.message);
  }

  #wait(time, reason) {
    this.#options.change({ name: "waiting", until: Date.now() + time, reason });
    this.#timer = setTimeout(() => this.#now(), time);
  }

  #now() {
    if (this.#timer === undefined || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#open();
  }
}

function here() {
  if (globalThis.location === undefined) return "";
  return `${globalThis.location.origin.replace(/^http/, "ws")}/api/ws`;
}
