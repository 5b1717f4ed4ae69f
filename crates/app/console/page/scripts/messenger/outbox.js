/** What is sealed and not at the server yet. It outlives the page; whoever sends it twice sends it once, by its client id. */

/** Larger ones are no frame of a socket. */
const LARGEST_FRAME = 60_000;

const PAUSE = 1_000;

/** Refusals that pass. */
const PASSING = ["rate_limited", "unavailable"];
const BUSY = [429, 500, 502, 503, 504];

export class Outbox {
  #options;
  #isSending = false;
  #isOver = false;
  #timer;

  /**
   * @param {object} options
   * @param {import("./store.js").Store} options.store
   * @param {string[]} options.place Whose, and in which organization.
   * @param {any} options.api
   * @param {() => import("../socket.js").Line} options.line
   * @param {(clientId: string, sent: {id: string, seq: number, createdAt: string}) => void} options.sent
   * @param {(clientId: string, error: Error) => void} options.refused It never will be sent.
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Everything that waits, the oldest first.
   * @returns {Promise<{key: any[], value: {clientId: string, to: string, kind: string, content: string, at: string}}[]>}
   */
  waiting() {
    return this.#options.store.list("outbox", this.#options.place);
  }

  /** Puts a message on its way. It is kept when this resolves. */
  async add(message) {
    const at = new Date();
    const key = [...this.#options.place, at.getTime(), message.clientId];
    await this.#options.store.write([{ kind: "outbox", key, value: { ...message, at: at.toISOString() } }]);
    this.send();
    return at.toISOString();
  }

  /** Sends what waits, one after the other, as far as there is a connection. */
  async send() {
    if (this.#isSending || this.#isOver) return;
    this.#isSending = true;
    try {
      let next = await this.#first();
      while (next !== undefined && !this.#isOver && (await this.#deliver(next))) next = await this.#first();
    } finally {
      this.#isSending = false;
    }
  }

  end() {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #first() {
    return (await this.waiting())[0];
  }

  /** Whether to go on. */
  async #deliver({ key, value }) {
    const { at: _, ...message } = value;
    try {
      // What became of it may be told as soon as it is sent, and is about its place.
      this.#options.sent(message.clientId, await this.#say(message));
      await this.#remove(key);
      return true;
    } catch (error) {
      return this.#failed(key, message, error);
    }
  }

  async #say(message) {
    if (message.content.length > LARGEST_FRAME) return (await this.#options.api.post("/api/messages", message)).body;
    return (await this.#options.line().ask("message.send", message)).message;
  }

  async #failed(key, { clientId }, error) {
    const isCut = error.name === "Cut" || error.status === 0;
    // After the next welcome it is tried again.
    if (isCut) return false;
    if (PASSING.includes(error.code) || BUSY.includes(error.status)) {
      this.#timer = setTimeout(() => this.send(), error.retryAfterMs ?? PAUSE);
      return false;
    }
    await this.#remove(key);
    this.#options.refused(clientId, error);
    return true;
  }

  #remove(key) {
    return this.#options.store.write([{ kind: "outbox", key }]);
  }
}
