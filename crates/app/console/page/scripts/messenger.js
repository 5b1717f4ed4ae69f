/** Messages with the members of an organization, sealed in this browser. */

import { Envelopes } from "./messenger/envelopes.js";
import { Outbox } from "./messenger/outbox.js";
import { Own } from "./messenger/own.js";
import { People } from "./messenger/people.js";
import { Store } from "./messenger/store.js";
import { byTicket, freshToken, Line } from "./socket.js";

/** The most bytes of a text, as in crates/client. */
export const LONGEST_TEXT = 48 * 1024;

const HISTORY = 30;

/**
 * @typedef {object} Message
 * @property {string} clientId
 * @property {string} peer With whom.
 * @property {boolean} isMine
 * @property {string | null} text Null when it cannot be read here.
 * @property {string | null} unreadable Why.
 * @property {string} at
 * @property {number | null} seq Its place in the recipient's mailbox; null while it waits to be sent.
 * @property {boolean} delivered
 * @property {boolean} read
 *
 * @typedef {{kind: "line", state: object} | {kind: "message", message: Message}
 *   | {kind: "sent", clientId: string, seq: number, at: string} | {kind: "not-sent", clientId: string, error: Error}
 *   | {kind: "receipt", peer: string, receipt: "delivered" | "read", after: number, upTo: number}
 *   | {kind: "keys", news: import("./messenger/people.js").News} | {kind: "own-key-changed"} | {kind: "failed", error: Error}} Told
 */

export class Messenger {
  #api;
  #store;
  #me;
  #tell;
  #line;
  #envelopes;
  #outbox;
  #taken = 0;
  #turn = Promise.resolve();
  #reads = new Map();
  /** @type {Own} */
  own;
  /** @type {People} */
  people;

  /**
   * @param {object} options
   * @param {any} options.api
   * @param {any} options.session
   * @param {(told: Told) => void} options.tell
   * @param {boolean} [options.replace] Puts a new key in the place of one whose private half is elsewhere.
   */
  static async open({ api, session, tell, replace = false }) {
    const store = await Store.open();
    const messenger = new Messenger(api, store, session, tell);
    messenger.own = await Own.setUp(api, store, messenger.people, session.user.id, { replace });
    messenger.#begin(session);
    return messenger;
  }

  constructor(api, store, session, tell) {
    this.#api = api;
    this.#store = store;
    this.#me = session.user.id;
    this.#tell = tell;
    this.people = new People(api, store, this.#me, (news) => tell({ kind: "keys", news }));
  }

  #begin(session) {
    this.#envelopes = new Envelopes(this.own, this.people);
    this.#outbox = new Outbox({
      store: this.#store,
      place: [this.#me, session.organization.id],
      api: this.#api,
      line: () => this.#line,
      sent: (clientId, { seq, createdAt }) => this.#tell({ kind: "sent", clientId, seq, at: createdAt }),
      refused: (clientId, error) => this.#tell({ kind: "not-sent", clientId, error }),
    });
    this.#line = new Line({
      authorize: byTicket(this.#api),
      token: freshToken(session),
      hear: (frame) => this.#heard(frame),
      change: (state) => this.#tell({ kind: "line", state }),
    });
  }

  /**
   * Puts a message on its way.
   * @param {string} to
   * @param {string} text
   * @returns {Promise<Message>}
   */
  async send(to, text) {
    const sealed = await this.#envelopes.seal(to, text);
    const at = await this.#outbox.add(sealed);
    return waits(sealed, at, text);
  }

  /**
   * What waits to be sent to somebody.
   * @param {string} peer
   * @returns {Promise<Message[]>}
   */
  async unsent(peer) {
    const waiting = (await this.#outbox.waiting()).filter(({ value }) => value.to === peer);
    return Promise.all(
      waiting.map(async ({ value }) => {
        const opened = await this.read({ ...value, from: this.#me });
        return { ...waits(value, value.at, opened.text), ...opened };
      }),
    );
  }

  /**
   * A page of what was said with somebody, in order, which ends before `cursor`.
   * @param {string} peer
   * @param {string | null} [cursor]
   * @returns {Promise<{messages: Message[], cursor: string | null}>}
   */
  async history(peer, cursor = null) {
    const query = { limit: HISTORY, ...(cursor !== null && { cursor }) };
    const body = await this.#page(`/api/conversations/${peer}/messages`, query);
    const messages = [];
    for (const kept of body.items) messages.unshift(await this.message(kept));
    return { messages, cursor: body.nextCursor ?? null };
  }

  async #page(path, query) {
    try {
      return (await this.#api.get(path, { query })).body;
    } catch (problem) {
      // Nothing was said yet.
      if (problem.code === "conversation_not_found") return { items: [] };
      throw problem;
    }
  }

  /**
   * A message as the server tells of it.
   * @returns {Promise<Message>}
   */
  async message(kept) {
    const isMine = kept.from === this.#me;
    return {
      clientId: kept.clientId,
      peer: isMine ? kept.to : kept.from,
      isMine,
      at: kept.createdAt,
      seq: kept.recipientSeq ?? kept.seq,
      delivered: Boolean(kept.deliveredAt),
      read: Boolean(kept.readAt),
      ...(await this.read(kept)),
    };
  }

  /** What it says, or why that cannot be read. */
  async read(sealed) {
    try {
      return { text: await this.#envelopes.open(sealed), unreadable: null };
    } catch (error) {
      return { text: null, unreadable: error.message };
    }
  }

  /**
   * Tells somebody that their messages were read, now or as soon as there is a connection.
   * @param {string} peer
   * @param {number} upTo
   */
  markRead(peer, upTo) {
    if ((this.#reads.get(peer) ?? 0) < upTo) this.#reads.set(peer, upTo);
    this.#sayRead();
  }

  close() {
    this.#outbox.end();
    this.#line.close();
  }

  #sayRead() {
    for (const [conversation, upTo] of this.#reads) {
      const done = () => this.#reads.get(conversation) === upTo && this.#reads.delete(conversation);
      this.#line.ask("message.read", { conversation, upTo }).then(done, (error) => error.name === "Refused" && done());
    }
  }

  #heard(frame) {
    if (frame.type === "welcome") {
      this.people.forgetWhenAsked();
      this.#outbox.send();
      this.#sayRead();
    }
    if (typeof frame.seq !== "number") return;
    // In their order, and each before it is acknowledged.
    this.#turn = this.#turn.then(() => this.#take(frame)).catch((error) => this.#tell({ kind: "failed", error }));
  }

  async #take(frame) {
    // What was not acknowledged comes again with the next connection.
    if (frame.seq > this.#taken) {
      if (frame.type === "message") this.#tell({ kind: "message", message: await this.message(frame) });
      if (frame.type === "receipt") this.#tell({ kind: "receipt", peer: frame.by, receipt: frame.receipt, after: frame.after, upTo: frame.upTo });
      if (frame.type === "key.changed") await this.#keyChanged(frame.user);
      this.#taken = frame.seq;
    }
    await this.#line.ask("message.ack", { upTo: frame.seq }).catch(() => {});
  }

  async #keyChanged(user) {
    this.people.forgetWhenAsked(user);
    // What is wrong with a log is told as news, and what cannot be asked now is asked before anything is sealed.
    await this.people.ledger(user).catch(() => {});
  }
}

const waits = ({ clientId, to }, at, text) => ({
  clientId, peer: to, isMine: true, text, unreadable: null, at, seq: null, delivered: false, read: false,
});
