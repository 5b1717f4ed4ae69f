/** Whom one has written with, the latest first, and whom one can write to. */

import { button, element } from "../../dom.js";

const PAGE = 20;

export class Conversations {
  #api;
  #messenger;
  #names;
  #me;
  #problem;
  #peer = null;
  #entries = new Map();
  #list = element("ul", { class: "conversations" });
  #empty = element("p", { class: "empty" }, "No conversations yet.");
  #writeTo;
  #first;
  #isComplete = false;

  /**
   * @param {object} options
   * @param {any} options.api
   * @param {import("../../messenger.js").Messenger} options.messenger
   * @param {import("../../names.js").Names} options.names
   * @param {string} options.me
   * @param {(problem: Error) => void} options.problem
   */
  constructor({ api, messenger, names, me, problem }) {
    this.#api = api;
    this.#messenger = messenger;
    this.#names = names;
    this.#me = me;
    this.#problem = problem;
    this.#empty.hidden = true;
    this.root = element("nav", { class: "panel messages-list", "aria-label": "Conversations" });
    this.#writeTo = this.#others();
    this.root.append(element("h2", null, "Conversations"), this.#writeTo, this.#list, this.#empty);
    this.#first = this.#more(null);
  }

  /** Whether there was never a word with this person, as far as the list tells. */
  async isNew(peer) {
    await this.#first;
    return this.#isComplete && !this.#entries.has(peer);
  }

  /** Which conversation is open. */
  choose(peer) {
    this.#peer = peer;
    for (const [user, entry] of this.#entries) entry.mark(user === peer);
    this.#entries.get(peer)?.unread(0);
  }

  /** Something was said, which goes to the top. */
  said(message) {
    const entry = this.#entry(message.peer);
    entry.last(message);
    if (!message.isMine && message.peer !== this.#peer) entry.unread(entry.count + 1);
    this.#list.prepend(entry.root);
    this.#empty.hidden = true;
  }

  async #more(cursor) {
    try {
      const { body } = await this.#api.get("/api/conversations", { query: { limit: PAGE, ...(cursor && { cursor }) } });
      for (const conversation of body.items) await this.#add(conversation);
      this.#empty.hidden = this.#entries.size > 0;
      // Whoever has none yet begins one.
      if (this.#entries.size === 0 && this.#peer === null) this.#writeTo.open = true;
      if (body.nextCursor) this.#list.append(this.#next(body.nextCursor));
      else this.#isComplete = true;
    } catch (problem) {
      this.#problem(problem);
    }
  }

  async #add({ user, lastMessage, unread }) {
    const isKnown = this.#entries.has(user);
    const entry = this.#entry(user);
    if (user !== this.#peer) entry.unread(unread);
    // What came in the meantime is newer.
    if (isKnown) return;
    this.#list.append(entry.root);
    if (lastMessage !== null) entry.last(await this.#messenger.message(lastMessage));
  }

  #entry(user) {
    if (!this.#entries.has(user)) {
      const entry = new Entry(user, this.#names);
      entry.mark(user === this.#peer);
      this.#entries.set(user, entry);
    }
    return this.#entries.get(user);
  }

  #next(cursor) {
    const more = button("Show more", () => {
      item.remove();
      this.#more(cursor);
    });
    const item = element("li", null, more);
    return item;
  }

  /** Everybody in the organization, asked for when it is opened. */
  #others() {
    const list = element("ul", { class: "people" });
    const others = element("details", { class: "write-to" }, element("summary", null, "Write to somebody"), list);
    others.addEventListener("toggle", () => others.open && list.childElementCount === 0 && this.#people(list, null));
    list.addEventListener("click", (event) => {
      if (event.target.closest("a")) others.open = false;
    });
    return others;
  }

  async #people(list, cursor) {
    try {
      const { people, cursor: next } = await this.#names.page(cursor);
      for (const { id, name, email } of people) {
        if (id !== this.#me) list.append(element("li", null, link(id, element("span", { class: "name" }, name), element("span", { class: "muted" }, email))));
      }
      if (next !== null) list.append(this.#nextPeople(list, next));
      if (list.childElementCount === 0) list.append(element("li", { class: "muted" }, "Nobody else is in the organization yet."));
    } catch (problem) {
      this.#problem(problem);
    }
  }

  #nextPeople(list, cursor) {
    const more = button("Show more", () => {
      item.remove();
      this.#people(list, cursor);
    });
    const item = element("li", null, more);
    return item;
  }
}

/** A conversation in the list. */
class Entry {
  count = 0;
  #name = element("span", { class: "name" }, "…");
  #words = element("span", { class: "words muted" });
  #time = element("time", { class: "muted" });
  #badge = element("span", { class: "badge info" });
  #link;
  root;

  constructor(user, names) {
    this.#badge.hidden = true;
    this.#link = link(user, this.#name, this.#time, this.#words, this.#badge);
    this.root = element("li", null, this.#link);
    names.of(user).then(({ name }) => {
      this.#name.textContent = name;
    });
  }

  mark(isOpen) {
    if (isOpen) this.#link.setAttribute("aria-current", "page");
    else this.#link.removeAttribute("aria-current");
  }

  unread(count) {
    this.count = count;
    this.#badge.hidden = count === 0;
    this.#badge.textContent = count >= 1_000 ? "1,000+" : String(count);
    this.#badge.setAttribute("aria-label", `${count} unread`);
  }

  last({ text, isMine, at }) {
    this.#words.textContent = text === null ? "Not readable here" : `${isMine ? "You: " : ""}${text}`;
    const date = new Date(at);
    const isToday = date.toDateString() === new Date().toDateString();
    this.#time.dateTime = at;
    this.#time.textContent = isToday ? date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : date.toLocaleDateString();
  }
}

const link = (user, ...children) => element("a", { href: `#/messages?with=${user}`, "data-conversation": user }, ...children);
