/** One message, and what became of it. */

import { element } from "../../dom.js";

/** @param {import("../../messenger.js").Message} message */
export const nameOf = ({ isMine, clientId }) => `${isMine ? "mine" : "theirs"}-${clientId}`;

export class Bubble {
  #message;
  #progress = element("span", { class: "progress" });
  #text = element("p");
  #time = element("time");
  root;

  /** @param {import("../../messenger.js").Message} message @param {string} author */
  constructor(message, author) {
    this.#message = message;
    const foot = element("footer", null, this.#time, this.#progress);
    const label = element("span", { class: "unseen" }, `${author}: `);
    this.root = element("article", { class: message.isMine ? "bubble mine" : "bubble theirs", "data-id": message.clientId }, label, this.#text, foot);
    this.#draw();
  }

  get day() {
    return new Date(this.#message.at).toDateString();
  }

  get at() {
    return this.#message.at;
  }

  /** What is known of it by now; a text that was read stays. */
  update(message) {
    const { delivered, read, text } = this.#message;
    this.#message = { ...message, delivered: delivered || message.delivered, read: read || message.read };
    if (this.#message.text === null && text !== null) Object.assign(this.#message, { text, unreadable: null });
    this.#draw();
  }

  /** The server has it. */
  sent(seq, at) {
    Object.assign(this.#message, { seq, at });
    this.#draw();
  }

  /** A receipt is about places in the recipient's mailbox. */
  receipt({ receipt, after, upTo }) {
    const { seq, isMine } = this.#message;
    if (!isMine || seq === null || seq <= after || seq > upTo) return;
    this.#message[receipt] = true;
    this.#draw();
  }

  /** It never will be sent. */
  failed(error) {
    this.root.classList.add("failed");
    this.#progress.textContent = `Not sent: ${error.message}`;
  }

  #draw() {
    const { text, unreadable, at } = this.#message;
    this.#text.textContent = text ?? `This message cannot be read here. ${unreadable}`;
    this.root.classList.toggle("unreadable", text === null);
    const date = new Date(at);
    this.#time.dateTime = at;
    this.#time.title = date.toLocaleString();
    this.#time.textContent = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.#progress.textContent = this.#message.isMine ? progress(this.#message) : "";
  }
}

function progress({ seq, delivered, read }) {
  if (read) return "Read";
  if (delivered) return "Delivered";
  return seq === null ? "Waiting" : "Sent";
}
