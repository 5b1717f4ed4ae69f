/** Everybody's keys, as far as their logs were verified, and which safety numbers were compared. */

import { Expected } from "../expected.js";
import { emptyLedger, follow, identityKeys, KeyLogError } from "../keylog.js";
import { safetyNumber } from "../safety.js";

/** For so long a key log is not asked for again. Changes are told of at once while there is a connection. */
const FRESH = 300_000;

/** And a broken one, or one that did not explain a message, for so long. */
const PATIENCE = 30_000;

const LINES = 100;

/**
 * @typedef {object} Person
 * @property {import("../keylog.js").Ledger} ledger
 * @property {string | null} verified The number that was compared.
 * @property {boolean} lapsed Whether one was, and is not the number any more.
 * @property {string | null} broken What is wrong with the log, until one comes that continues what was verified.
 *
 * @typedef {{kind: "changed", user: string, changes: object[], wasVerified: boolean} | {kind: "broken", user: string, reason: string}
 *   | {kind: "mended", user: string}} News
 */

export class People {
  #api;
  #store;
  #me;
  #tell;
  #asked = new Map();
  #unexplained = new Map();

  /**
   * @param {any} api
   * @param {import("./store.js").Store} store
   * @param {string} me
   * @param {(news: News) => void} tell
   */
  constructor(api, store, me, tell) {
    this.#api = api;
    this.#store = store;
    this.#me = me;
    this.#tell = tell;
  }

  /** Asks again for this person, or for everybody, at the next occasion. */
  forgetWhenAsked(user) {
    if (user === undefined) this.#asked.clear();
    else this.#asked.delete(user);
  }

  /**
   * Somebody's ledger, asked for again if it was not lately. Rejected when the log is wrong, until it continues again what was
   * verified.
   * @param {string} user
   */
  async ledger(user) {
    const person = await this.#fresh(user);
    if (person.broken !== null) throw new BrokenLog(person.broken);
    return person.ledger;
  }

  /**
   * The simple public key of somebody that had this version; null when their log has none. What was verified before is not asked for
   * again: anybody may send what no log explains, and that must not make requests without end.
   * @param {string} user
   * @param {number} version
   */
  async keyToOpen(user, version) {
    const known = (await this.#person(user)).ledger.publicKeys[version];
    if (known !== undefined) return known;
    if (Date.now() - (this.#unexplained.get(user) ?? 0) < PATIENCE) return null;
    this.forgetWhenAsked(user);
    const person = await this.#fresh(user);
    const found = person.ledger.publicKeys[version] ?? null;
    if (found === null) this.#unexplained.set(user, Date.now());
    return found;
  }

  /**
   * The number with somebody, of the keys that there are now, and whether it was compared. Null when one of the two has no keys.
   * @param {string} peer
   * @returns {Promise<{number: string, verified: boolean} | null>}
   */
  async safety(peer) {
    for (const user of [this.#me, peer]) this.forgetWhenAsked(user);
    const [mine, theirs] = await Promise.all([this.#me, peer].map(async (user) => identityKeys(await this.ledger(user))));
    if (mine.length === 0 || theirs.length === 0) return null;
    const number = await safetyNumber(this.#me, mine, peer, theirs);
    return { number, verified: (await this.#person(peer)).verified === number };
  }

  /** Remembers that the two have compared this number. A later change of keys takes it back. */
  verified(peer, number) {
    return this.#change(peer, (person) => ({ ...person, verified: number, lapsed: false }));
  }

  /** Goes on without a comparison with somebody whose number has lapsed. */
  accept(peer) {
    return this.#change(peer, (person) => ({ ...person, lapsed: false }));
  }

  /** Whether somebody's number was compared and is another one now. */
  async hasLapsed(peer) {
    return (await this.#person(peer)).lapsed;
  }

  async #person(user) {
    const kept = await this.#store.get("people", [this.#me, user]);
    return kept ?? { ledger: await emptyLedger(user), verified: null, lapsed: false, broken: null };
  }

  async #keep(user, person) {
    await this.#store.write([{ kind: "people", key: [this.#me, user], value: person }]);
    return person;
  }

  #change(user, change) {
    return this.#inTurn(user, async () => this.#keep(user, change(await this.#person(user))));
  }

  /** A person's log is followed by one at a time, in whichever tab. */
  #inTurn(user, work) {
    return navigator.locks.request(`tenon-person-${this.#me}-${user}`, work);
  }

  #fresh(user) {
    return this.#inTurn(user, async () => {
      const person = await this.#person(user);
      const limit = person.broken === null ? FRESH : PATIENCE;
      const isFresh = Date.now() - (this.#asked.get(user) ?? 0) < limit;
      return isFresh ? person : this.#follow(user, person);
    });
  }

  async #follow(user, before) {
    const changes = [];
    let { ledger } = before;
    try {
      for (let more = true; more; ) {
        const lines = await this.#lines(user, ledger.head);
        const step = await follow(ledger, lines);
        more = lines.length === LINES && step.ledger.head.number > ledger.head.number;
        ledger = step.ledger;
        changes.push(...step.changes);
      }
    } catch (error) {
      if (error instanceof KeyLogError) return this.#broken(user, before, error.message);
      throw error;
    }
    // Whoever has no keys yet may have some in a moment.
    if (ledger.head.number > 0) this.#asked.set(user, Date.now());
    return this.#followed(user, before, ledger, changes);
  }

  /** What follows, the head itself first, so that it shows when it is not what it was. */
  async #lines(user, head) {
    const query = { after: Math.max(0, head.number - 1), limit: LINES };
    const { body } = await this.#api.get(`/api/users/${user}/key-log`, { query });
    // A head that the server does not tell any more was taken back.
    if (body.items.length === 0 && head.number > 0) throw new KeyLogError("rewritten", head.number);
    return body.items;
  }

  async #broken(user, before, reason) {
    this.#asked.set(user, Date.now());
    if (before.broken !== null) return before;
    this.#tell({ kind: "broken", user, reason });
    return this.#keep(user, { ...before, broken: reason });
  }

  async #followed(user, before, ledger, changes) {
    const mended = before.broken !== null;
    const person = { ...before, ledger, broken: null };
    if (mended) this.#tell({ kind: "mended", user });
    if (changes.length === 0 && !mended) return person;
    // Whoever is met for the first time has changed nothing.
    const changed = changes.length > 0 && before.ledger.head.number > 0;
    const kept = await this.#keep(user, changed ? lapse(person) : person);
    if (changed) {
      const others = user === this.#me && (await this.#lapseAll());
      this.#tell({ kind: "changed", user, changes, wasVerified: before.verified !== null || others });
    }
    return kept;
  }

  /** One's own change concerns every number. Whether one was compared. */
  async #lapseAll() {
    let verified = false;
    for (const { key: [, peer], value } of await this.#store.list("people", [this.#me])) {
      if (peer === this.#me || value.verified === null) continue;
      verified = true;
      await this.#change(String(peer), lapse);
    }
    return verified;
  }
}

/** The key log of somebody is not what it was. */
export class BrokenLog extends Expected {}

const lapse = (person) => ({ ...person, lapsed: person.lapsed || person.verified !== null, verified: null });
