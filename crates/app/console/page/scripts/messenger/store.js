/** What is kept in this browser: keys that never leave it, whose keys were verified, and what waits to be sent, sealed. */

const NAME = "tenon-messages";
const VERSION = 1;

/** One for each kind of thing, by keys that begin with whose it is. */
const KINDS = ["keys", "people", "outbox"];

export class Store {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  /** @param {string} [name] */
  static async open(name = NAME) {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      for (const kind of KINDS) request.result.createObjectStore(kind);
    };
    const database = await done(request);
    // A page of a later version may bring the database forward while this one is open.
    database.onversionchange = () => database.close();
    return new Store(database);
  }

  /**
   * @param {string} kind
   * @param {IDBValidKey[]} key
   */
  get(kind, key) {
    return done(this.#database.transaction(kind).objectStore(kind).get(key));
  }

  /**
   * Everything whose key begins so, in the order of the keys.
   * @param {string} kind
   * @param {IDBValidKey[]} prefix
   * @returns {Promise<{key: IDBValidKey[], value: any}[]>}
   */
  async list(kind, prefix) {
    const kept = this.#database.transaction(kind).objectStore(kind);
    // Arrays come after everything else that a key can have in that place.
    const range = IDBKeyRange.bound(prefix, [...prefix, []]);
    const [keys, values] = await Promise.all([done(kept.getAllKeys(range)), done(kept.getAll(range))]);
    return keys.map((key, place) => ({ key, value: values[place] }));
  }

  /**
   * Makes all of these changes or none. Without a value a thing is removed.
   * @param {{kind: string, key: IDBValidKey[], value?: any}[]} changes
   */
  async write(changes) {
    if (changes.length === 0) return;
    const transaction = this.#database.transaction([...new Set(changes.map(({ kind }) => kind))], "readwrite", {
      durability: "strict",
    });
    const over = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    for (const { kind, key, value } of changes) {
      const kept = transaction.objectStore(kind);
      if (value === undefined) kept.delete(key);
      else kept.put(value, key);
    }
    await over;
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
