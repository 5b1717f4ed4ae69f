/** Where a client is in each room: from where it resumes, and what it has heard already. */

/**
 * @typedef {{epoch: string, offset: number}} Position
 * @typedef {{room: string, epoch: string, offset: number}} At
 */

export class Places {
  /** @type {Map<string, {here: Position | null, wanted: boolean}>} */
  #rooms = new Map();

  /**
   * The room is to be subscribed to on every connection from now on.
   * @param {string} room
   * @param {Position | null} from Where to resume; null for what comes from now on.
   */
  want(room, from) {
    this.#rooms.set(room, { here: from ?? this.position(room), wanted: true });
  }

  /** @param {string} room */
  forget(room) {
    this.#rooms.delete(room);
  }

  /**
   * The last event that was heard of a room, or where the room was entered; null before.
   * @param {string} room
   */
  position(room) {
    return this.#rooms.get(room)?.here ?? null;
  }

  /**
   * What a connection asks for after its welcome, which says in which rooms it is already. Whoever is met there for the first time
   * begins there.
   * @param {At[]} entered
   * @returns {{room: string, resume?: Position}[]}
   */
  ask(entered) {
    const asked = [];
    const inside = new Set();
    for (const at of entered) {
      const here = this.position(at.room);
      inside.add(at.room);
      if (here === null) this.#move(at);
      else if (!same(here, at)) asked.push({ room: at.room, resume: here });
    }
    for (const [room, { here, wanted }] of this.#rooms) {
      if (wanted && !inside.has(room)) asked.push(here === null ? { room } : { room, resume: here });
    }
    return asked;
  }

  /**
   * A subscription was answered. With a position to resume from, what was missed follows.
   * @param {At} at
   */
  entered(at) {
    if (this.position(at.room) === null) this.#move(at);
  }

  /**
   * The history does not reach back: go on from there.
   * @param {At} at
   */
  gap(at) {
    this.#move(at);
  }

  /**
   * Whether an event is one that was not heard before. What is sent again while a room is made good is heard once.
   * @param {At} event
   */
  hear(event) {
    const here = this.position(event.room);
    if (here !== null && here.epoch === event.epoch && event.offset <= here.offset) return false;
    this.#move(event);
    return true;
  }

  #move({ room, epoch, offset }) {
    const wanted = this.#rooms.get(room)?.wanted ?? false;
    this.#rooms.set(room, { here: { epoch, offset }, wanted });
  }
}

const same = (here, at) => here.epoch === at.epoch && here.offset === at.offset;
