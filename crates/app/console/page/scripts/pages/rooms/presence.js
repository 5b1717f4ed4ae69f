/** Who is in a room. */

import { element } from "../../dom.js";

export class Presence {
  #names;
  #ask;
  #room;
  #people = new Map();
  #list = element("ul", { class: "presence" });
  #count = element("span", { class: "badge" }, "0");

  /**
   * @param {import("../../names.js").Names} names
   * @param {(room: string) => Promise<{present: {user: string, since: string, connections: number}[]}>} ask
   */
  constructor(names, ask) {
    this.#names = names;
    this.#ask = ask;
    const heading = element("h2", null, "Present ", this.#count);
    this.root = element("section", { class: "panel", "aria-label": "Present" }, heading, this.#list);
  }

  /**
   * Follows this room, also after each new connection.
   * @param {string} room
   */
  async follow(room) {
    this.#room = room;
    try {
      const { present } = await this.#ask(room);
      if (this.#room !== room) return;
      this.#people = new Map(present.map((person) => [person.user, person]));
    } catch (error) {
      // Asked again with the next connection, or as soon as the room is entered.
      if (error.name !== "Cut" && error.code !== "not_subscribed") throw error;
      this.#people = new Map();
    }
    this.#show();
  }

  /** Which room is followed. */
  get room() {
    return this.#room;
  }

  /** Somebody came or went. */
  changed({ room, joined, left }) {
    if (room !== this.#room) return;
    if (left !== undefined) this.#people.delete(left);
    if (joined !== undefined) this.#people.set(joined, { user: joined, since: new Date().toISOString(), connections: 1 });
    this.#show();
  }

  #show() {
    this.#count.textContent = String(this.#people.size);
    this.#list.replaceChildren(...[...this.#people.values()].map((person) => this.#person(person)));
    if (this.#people.size === 0) this.#list.append(element("li", { class: "muted" }, "Nobody."));
  }

  #person({ user, since, connections }) {
    const name = element("span", { class: "name" }, "…");
    this.#names.of(user).then((named) => {
      name.textContent = named.name;
    });
    const many = connections > 1 ? `, ${connections} connections` : "";
    const from = new Date(since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return element("li", { "data-user": user }, name, element("span", { class: "muted" }, `since ${from}${many}`));
  }
}
