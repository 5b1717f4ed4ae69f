// The feed of activities and its outbox, for the peer that keeps them as Tenon does.
import { EventEmitter } from "node:events";

/** Says of each account's changes after their commit. Rooms would listen; while it is measured, nobody does, in Tenon neither. */
export const told = new EventEmitter();

/** The text of a change, with the activity and its entry of the outbox in the same statement, and so in the same transaction. */
export function recorded(verb, change) {
  return `with changed as (${change}),
    told as (insert into activities (owner_id, about, verb)
      select "ownerId", json_build_object('id', id, 'owner', "ownerId", 'version', version), '${verb}' from changed
      returning id, owner_id, about, verb),
    waits as (insert into outbox (id, owner_id, about, verb) select id, owner_id, about, verb from told)
    select changed.*, told.id as activity from changed cross join told`;
}

/** Tells activities after their commit, and strikes them out of the outbox every 20 ms, in one statement, as Tenon does. */
export class Announcer {
  #done = [];

  constructor(pool) {
    this.pool = pool;
    setInterval(() => this.strikeOut(), 20).unref();
  }

  /** Tells what a process before did not come to. */
  async tellRest() {
    const { rows } = await this.pool.query(`select id as activity, owner_id as "ownerId", about from outbox order by id`);
    for (const left of rows) this.tell(left);
  }

  tell({ activity, ...change }) {
    told.emit(change.ownerId, activity, change);
    this.#done.push(activity);
    return change;
  }

  async strikeOut() {
    if (this.#done.length === 0) return;
    const ids = this.#done;
    this.#done = [];
    // A failure ends the process, and with it the measurement; the next start tells the rest.
    await this.pool.query({ name: "strike-out", text: "delete from outbox where id = any($1::bigint[])", values: [ids] });
  }
}
