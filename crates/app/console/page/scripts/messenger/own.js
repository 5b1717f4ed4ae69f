/** This person's own keys: the private halves are this browser's, which hands them to nobody, this page included. */

import { generateKey } from "../crypto.js";
import { publicKey } from "../keylog.js";

/** Where a key is kept that may be published already. Versions of the server begin with 1. */
const NEW = 0;

const PATH = "/api/users/me/public-key";

/** @typedef {{privateKey: CryptoKey, publicKey: string}} Pair */

export class Own {
  /**
   * @param {string} user
   * @param {Map<number, Pair>} pairs
   * @param {number | null} current
   */
  constructor(user, pairs, current) {
    this.user = user;
    this.pairs = pairs;
    /** The version of the key that others are shown, if its private half is here; else null. */
    this.current = current;
  }

  /**
   * The keys of this browser. Makes and publishes one for whoever has none. For whoever has one elsewhere, that is all, unless it
   * is to be replaced.
   * @param {any} api
   * @param {import("./store.js").Store} store
   * @param {import("./people.js").People} people
   * @param {string} user
   * @param {{replace?: boolean}} [options]
   */
  static async setUp(api, store, people, user, { replace = false } = {}) {
    // Two tabs must not make a key each.
    return navigator.locks.request(`tenon-keys-${user}`, async () => {
      const kept = await store.list("keys", [user]);
      const pairs = new Map(kept.map(({ key: [, version], value }) => [Number(version), value]));
      people.forgetWhenAsked(user);
      const published = publicKey(await people.ledger(user));
      if (published !== null) {
        const ours = [published.version, NEW].find((version) => pairs.get(version)?.publicKey === published.publicKey);
        if (ours !== undefined) return adopt(store, user, pairs, ours, published.version);
        if (!replace) return new Own(user, pairs, null);
      }
      const own = await publish(api, store, user, pairs);
      people.forgetWhenAsked(user);
      return own;
    });
  }
}

async function publish(api, store, user, pairs) {
  // It is kept before it is published: an answer that is lost loses no key.
  if (!pairs.has(NEW)) {
    pairs.set(NEW, await generateKey());
    await store.write([{ kind: "keys", key: [user, NEW], value: pairs.get(NEW) }]);
  }
  const { body } = await api.put(PATH, { publicKey: pairs.get(NEW).publicKey });
  return adopt(store, user, pairs, NEW, body.version);
}

async function adopt(store, user, pairs, from, version) {
  if (from !== version) {
    const pair = pairs.get(from);
    pairs.set(version, pair);
    pairs.delete(from);
    await store.write([
      { kind: "keys", key: [user, version], value: pair },
      { kind: "keys", key: [user, from] },
    ]);
  }
  return new Own(user, pairs, version);
}
