/** How long to wait before the next attempt. */

const FIRST = 250;
const LONGEST = 30_000;

/**
 * Between half of it and all of it, so that all who were cut off together do not come back together.
 * @param {number} wait In milliseconds.
 */
export const jittered = (wait) => wait / 2 + Math.random() * (wait / 2);

/** Twice as long each time, up to half a minute. */
export class Backoff {
  #next = FIRST;

  /** Begins again, because an attempt succeeded. */
  reset() {
    this.#next = FIRST;
  }

  /** In milliseconds. */
  next() {
    const wait = this.#next;
    this.#next = Math.min(wait * 2, LONGEST);
    return jittered(wait);
  }
}
