/** A conversation with one person. */

import { element } from "../../dom.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { Safety } from "./safety.js";

export class Conversation {
  #messenger;
  #peer;
  #safety;
  #log;
  #composer;
  #problem;
  #said;
  #cursor = null;
  #unread = 0;
  #name;
  #isOver = false;
  #looked = () => this.#read();

  /**
   * @param {object} options
   * @param {import("../../messenger.js").Messenger} options.messenger
   * @param {import("../../names.js").Named} options.peer
   * @param {string | null} options.forbidden Why nothing can be written.
   * @param {(message: object) => void} options.said Is given what one says.
   * @param {(problem: Error) => void} options.problem
   */
  constructor({ messenger, peer, forbidden, said, problem }) {
    this.#messenger = messenger;
    this.#peer = peer;
    this.#said = said;
    this.#problem = problem;
    this.#safety = new Safety(messenger.people, peer, problem);
    this.#log = new Log(peer.name, () => this.#earlier());
    this.#composer = new Composer(peer.name, (text) => this.#send(text));
    this.#composer.forbid(forbidden);
    const back = element("a", { class: "back", href: "#/messages", "data-conversation": "" }, "All conversations");
    this.#name = element("h2", { tabindex: "-1" }, peer.name);
    const head = element("header", null, back, this.#name, element("p", { class: "muted" }, peer.email ?? ""));
    this.root = element("section", { class: "panel conversation", "aria-label": `Conversation with ${peer.name}` });
    this.root.append(head, this.#safety.root, this.#log.root, this.#composer.root);
    document.addEventListener("visibilitychange", this.#looked);
  }

  /**
   * Shows what was said, and what waits.
   * @param {boolean} isNew Whether nothing was said.
   */
  async begin(isNew) {
    this.#safety.look();
    if (!isNew) await this.#earlier();
    if (this.#isOver) return;
    for (const message of await this.#messenger.unsent(this.#peer.id)) this.#log.put(message);
    this.#log.toEnd();
    this.#read();
  }

  focus() {
    this.#name.focus();
  }

  end() {
    this.#isOver = true;
    document.removeEventListener("visibilitychange", this.#looked);
  }

  /** @param {import("../../messenger.js").Told} told */
  hear(told) {
    if (told.kind === "message" && told.message.peer === this.#peer.id) this.#came(told.message);
    if (told.kind === "sent") this.#log.sent(told);
    if (told.kind === "not-sent") this.#log.failed(told);
    if (told.kind === "receipt" && told.peer === this.#peer.id) this.#log.receipt(told);
    if (told.kind === "keys") this.#keys(told.news);
  }

  #came(message) {
    this.#log.put(message);
    this.#safety.lookAgain();
    if (!message.isMine) this.#unread = Math.max(this.#unread, message.seq);
    this.#read();
  }

  /** What nobody looks at is not read. */
  #read() {
    if (this.#unread === 0 || document.visibilityState !== "visible") return;
    this.#messenger.markRead(this.#peer.id, this.#unread);
    this.#unread = 0;
  }

  async #earlier() {
    try {
      const { messages, cursor } = await this.#messenger.history(this.#peer.id, this.#cursor);
      if (this.#isOver) return;
      if (this.#cursor === null) {
        const received = messages.filter(({ isMine, read }) => !isMine && !read).map(({ seq }) => seq);
        this.#unread = Math.max(this.#unread, ...received);
      }
      this.#cursor = cursor;
      this.#log.prepend(messages, cursor !== null);
    } catch (problem) {
      this.#problem(problem);
    }
  }

  async #send(text) {
    try {
      const message = await this.#messenger.send(this.#peer.id, text);
      this.#log.put(message);
      this.#said(message);
      this.#safety.lookAgain();
    } catch (error) {
      if (error.code === "keys_changed") await this.#safety.look();
      throw error;
    }
  }

  #keys(news) {
    const isPeer = news.user === this.#peer.id;
    if (!isPeer && news.user !== this.#messenger.own.user) return;
    const { name } = this.#peer;
    if (news.kind === "broken" && isPeer) {
      this.#log.note("warn", `The keys of ${name} are not to be trusted: ${news.reason} Nothing is sent to them.`);
    } else if (news.kind === "mended" && isPeer) {
      this.#log.note("", `The key log of ${name} is again what it was.`);
    } else if (news.kind === "changed") {
      this.#log.note(news.wasVerified ? "warn" : "", isPeer ? `The keys of ${name} have changed.` : "Your keys have changed.");
    }
    this.#safety.look();
  }
}
