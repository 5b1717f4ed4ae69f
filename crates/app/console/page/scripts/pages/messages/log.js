/** What was said with somebody, in order. */

import { button, element } from "../../dom.js";
import { Bubble, nameOf } from "./bubble.js";

/** So many receipts are remembered. */
const REMEMBERED = 100;

export class Log {
  #peerName;
  #bubbles = new Map();
  #receipts = [];
  #list = element("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" });
  #earlier;

  /** @param {string} peerName @param {() => Promise<void>} earlier */
  constructor(peerName, earlier) {
    this.#peerName = peerName;
    this.#earlier = button("Earlier messages", async () => {
      this.#earlier.disabled = true;
      await earlier();
      this.#earlier.disabled = false;
    });
    this.#earlier.hidden = true;
    this.#list.append(this.#earlier);
    this.root = this.#list;
  }

  /** Messages from before what is shown, in order, and whether there are more. */
  prepend(messages, hasMore) {
    const height = this.#list.scrollHeight;
    const place = this.#earlier.nextSibling;
    // The day that is shown already begins earlier now.
    if (place?.matches?.(".day") && messages.some((message) => sameDay(message.at, place.dataset.day))) place.remove();
    const before = this.#earlier.nextSibling;
    for (const message of messages) this.#insert(message, before);
    this.#earlier.hidden = !hasMore;
    this.#list.scrollTop += this.#list.scrollHeight - height;
  }

  /** A message, at the end unless it is there. */
  put(message) {
    const known = this.#bubbles.get(nameOf(message));
    if (known !== undefined) return known.update(message);
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 80;
    this.#insert(message, null);
    if (atEnd || message.isMine) this.toEnd();
    return undefined;
  }

  /** A line that nobody wrote. */
  note(kind, text) {
    this.#list.append(element("p", { class: `note ${kind}`, "data-day": new Date().toDateString() }, text));
    this.toEnd();
  }

  /** Receipts may have come before the place that they are about was known. */
  sent({ clientId, seq, at }) {
    const bubble = this.#bubbles.get(nameOf({ isMine: true, clientId }));
    bubble?.sent(seq, at);
    for (const receipt of this.#receipts) bubble?.receipt(receipt);
  }

  failed({ clientId, error }) {
    this.#bubbles.get(nameOf({ isMine: true, clientId }))?.failed(error);
  }

  receipt(receipt) {
    this.#receipts.push(receipt);
    if (this.#receipts.length > REMEMBERED) this.#receipts.shift();
    for (const bubble of this.#bubbles.values()) bubble.receipt(receipt);
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #insert(message, before) {
    const name = nameOf(message);
    if (this.#bubbles.has(name)) return;
    const bubble = new Bubble(message, message.isMine ? "You" : this.#peerName);
    this.#bubbles.set(name, bubble);
    const previous = before === null ? this.#list.lastElementChild : before.previousElementSibling;
    const day = bubble.day;
    if (previous === null || previous.dataset.day !== day) this.#list.insertBefore(separator(day), before);
    bubble.root.dataset.day = day;
    this.#list.insertBefore(bubble.root, before);
  }
}

const sameDay = (at, day) => new Date(at).toDateString() === day;

function separator(day) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return element("p", { class: "day", "data-day": day }, new Date(day).toLocaleDateString([], options));
}
