/** Seals for somebody and opens what came, with the keys of both. */

import { agree, KIND, open, seal, SealError, versionsOf } from "../crypto.js";
import { Expected } from "../expected.js";
import { publicKey } from "../keylog.js";

/** The most characters of a `content`. */
const LONGEST = 98_304;

/** Why a message is not sent. */
export class Hindrance extends Expected {
  /** @param {"keys_changed" | "no_key" | "no_own_key" | "too_long"} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Envelopes {
  #own;
  #people;
  /** Agreements, by person and both versions. */
  #agreed = new Map();

  /**
   * @param {import("./own.js").Own} own
   * @param {import("./people.js").People} people
   */
  constructor(own, people) {
    this.#own = own;
    this.#people = people;
  }

  /**
   * @param {string} to
   * @param {string} text
   * @returns {Promise<{clientId: string, to: string, kind: string, content: string}>} Rejected with `Hindrance`, `BrokenLog`, or the
   *   problem of a request.
   */
  async seal(to, text) {
    const me = this.#own.user;
    const [theirs, mine] = await Promise.all([this.#people.ledger(to), this.#people.ledger(me)]);
    // Only now is it known what both keys are.
    if (await this.#people.hasLapsed(to)) {
      throw new Hindrance("keys_changed", "The keys have changed since the safety numbers were compared.");
    }
    const [sender, recipient] = [publicKey(mine), publicKey(theirs)];
    if (recipient === null) throw new Hindrance("no_key", "The recipient has no keys yet.");
    const pair = this.#own.pairs.get(sender?.version);
    if (sender === null || pair?.publicKey !== sender.publicKey) {
      throw new Hindrance("no_own_key", "This account's public key was made elsewhere, and its private key is not here.");
    }
    const versions = { sender: sender.version, recipient: recipient.version };
    const clientId = crypto.randomUUID();
    const key = await this.#agree(to, versions.sender, versions.recipient, recipient.publicKey);
    const content = await seal(key, { sender: me, recipient: to, clientId }, versions, text);
    if (content.length > LONGEST) throw new Hindrance("too_long", "The message is too long.");
    return { clientId, to, kind: KIND, content };
  }

  /**
   * What a message says, whichever of the two wrote it. Rejected with `SealError`, `BrokenLog`, or an error whose message says why.
   * @param {{from: string, to: string, clientId: string, kind: string, content: string}} message
   */
  async open({ from, to, clientId, kind, content }) {
    if (kind !== KIND) throw new Expected("It is encrypted for another of your devices.");
    const versions = versionsOf(content);
    const isMine = from === this.#own.user;
    const peer = isMine ? to : from;
    const [own, theirs] = isMine ? [versions.sender, versions.recipient] : [versions.recipient, versions.sender];
    if (!this.#own.pairs.has(own)) throw new Expected("It was sealed for a key that is not in this browser.");
    const key = await this.#people.keyToOpen(peer, theirs);
    if (key === null) throw new Expected("The other's key log has no such key.");
    return open(await this.#agree(peer, own, theirs, key), { sender: from, recipient: to, clientId }, content);
  }

  #agree(peer, own, theirs, theirKey) {
    const name = `${peer} ${own} ${theirs}`;
    const pair = this.#own.pairs.get(own);
    if (pair === undefined) throw new SealError("malformed");
    if (!this.#agreed.has(name)) {
      this.#agreed.set(name, agree({ id: this.#own.user, ...pair }, { id: peer, publicKey: theirKey }));
    }
    return this.#agreed.get(name);
  }
}
