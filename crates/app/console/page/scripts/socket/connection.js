/** One connection, from its handshake to its end. */

import { Expected } from "../expected.js";
import { endOf } from "./authorization.js";
import { jittered } from "./backoff.js";

/** A token is renewed so long before it ends. */
const EARLY = 50_000;

/** The server sends a sign of life so often unless its welcome says otherwise, and is given so much longer. */
const HEARTBEAT = 25_000;
const GRACE = 10_000;

/** However soon a token ends by this clock, which may be wrong. */
const SOONEST = 30_000;

const CONNECTING = 0;

/** The server said no to a frame. */
export class Refused extends Expected {
  /** @param {{code: string, message: string, retryAfterMs?: number}} frame */
  constructor({ code, message, retryAfterMs }) {
    super(message);
    this.name = "Refused";
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** There is no connection, or it ended before the answer. */
export class Cut extends Expected {
  constructor() {
    super("The connection was lost before the server answered.");
    this.name = "Cut";
  }
}

export class Connection {
  #socket;
  #options;
  #welcomedAt = 0;
  #last = 0;
  /** @type {Map<number, {resolve: Function, reject: Function, first?: Function}>} */
  #asked = new Map();
  #silence;
  #renewal;
  #heartbeat = HEARTBEAT;
  #isOver = false;
  #drain;

  constructor(options) {
    this.#options = options;
    this.#socket = options.socket;
    this.#socket.onmessage = ({ data }) => this.#came(JSON.parse(data));
    this.#socket.onclose = ({ code, reason }) => this.#over({ code, reason: reason || "The connection was lost." });
    this.#listen(false);
  }

  /** What is asked for without a connection. */
  static missing() {
    return Promise.reject(new Cut());
  }

  /** Whether the server has said where this connection is. */
  get isWelcome() {
    return this.#welcomedAt > 0;
  }

  /**
   * Sends a frame. `first` is given the answer before anything that came after it is heard.
   * @param {string} type
   * @param {object} fields
   * @param {(answer: object) => void} [first]
   */
  ask(type, fields, first) {
    if (!this.isWelcome || this.#isOver) return Connection.missing();
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject, first });
      this.#socket.send(JSON.stringify({ id, type, ...fields }));
    });
  }

  /** @param {string} reason */
  end(reason) {
    // The browser complains of a socket that is closed before it is open.
    if (this.#socket.readyState === CONNECTING) this.#socket.onopen = () => this.#socket.close(1000);
    else this.#socket.close(1000);
    // A dead network would not tell for a long time.
    this.#over({ code: 1006, reason });
  }

  #came(frame) {
    if (this.#isOver) return;
    this.#listen(false);
    const asked = frame.id === undefined ? undefined : this.#asked.get(frame.id);
    if (asked !== undefined) this.#answered(asked, frame);
    else if (frame.type === "drain") this.#drained(frame.retryAfterMs);
    else if (frame.type !== "pong") {
      if (frame.type === "welcome") this.#welcomed(frame);
      this.#options.hear(frame, this);
    }
  }

  #answered({ resolve, reject, first }, frame) {
    this.#asked.delete(frame.id);
    if (frame.type === "error") return reject(new Refused(frame));
    first?.(frame);
    return resolve(frame);
  }

  #welcomed({ heartbeat }) {
    this.#welcomedAt = Date.now();
    this.#heartbeat = heartbeat?.intervalMs ?? HEARTBEAT;
    this.#listen(false);
    this.#plan();
  }

  /** The instance is about to stop; another one, or the next one here, takes over. */
  #drained(retryAfter) {
    this.#drain = jittered(retryAfter * 2);
    this.end("The instance is about to stop.");
  }

  /** Pings of the server are invisible here, so that silence is asked about once before it counts. */
  #listen(asked) {
    clearTimeout(this.#silence);
    if (this.#isOver) return;
    this.#silence = setTimeout(() => {
      if (asked || !this.isWelcome) return this.end("The server has gone silent.");
      this.#socket.send(JSON.stringify({ type: "ping" }));
      return this.#listen(true);
    }, this.#heartbeat + GRACE);
  }

  async #plan(renewed = false) {
    const { token } = this.#options;
    if (token === undefined) return;
    try {
      const fresh = await token();
      if (renewed) await this.ask("auth", { token: fresh });
      const end = endOf(fresh);
      if (end === null || this.#isOver) return;
      this.#renewal = setTimeout(() => this.#plan(true), Math.max(SOONEST, end - Date.now() - EARLY));
    } catch {
      // The server ends the connection when the token does, and the next one is opened with another.
    }
  }

  #over(end) {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#silence);
    clearTimeout(this.#renewal);
    for (const { reject } of this.#asked.values()) reject(new Cut());
    this.#asked.clear();
    const lived = this.isWelcome ? Math.max(1, Date.now() - this.#welcomedAt) : 0;
    this.#options.ended({ ...end, lived, retryAfter: this.#drain });
  }
}
