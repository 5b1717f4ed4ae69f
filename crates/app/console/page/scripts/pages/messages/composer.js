/** Writes a message. */

import { element } from "../../dom.js";
import { LONGEST_TEXT } from "../../messenger.js";

export class Composer {
  #send;
  #text = element("textarea", { id: "message-text", rows: "2", placeholder: "Write a message" });
  #button = element("button", { type: "submit", class: "button primary" }, "Send");
  #said = element("p", { class: "said wrong", role: "alert" });

  /** @param {string} name Of whom it is for. @param {(text: string) => Promise<void>} send */
  constructor(name, send) {
    this.#send = send;
    const label = element("label", { class: "unseen", for: "message-text" }, `Message to ${name}`);
    this.root = element("form", { class: "composer" }, label, this.#text, this.#button, this.#said);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // Enter sends, also while an input method is not in the middle of a word; Shift and Enter begin a line.
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
  }

  /** Why nothing can be written; nothing when it can. */
  forbid(reason) {
    this.#text.disabled = reason !== null;
    this.#button.disabled = reason !== null;
    this.#said.textContent = reason ?? "";
  }

  focus() {
    this.#text.focus();
  }

  async #submit() {
    const text = this.#text.value.trim();
    if (text === "" || this.#button.disabled) return;
    if (new TextEncoder().encode(text).length > LONGEST_TEXT) {
      this.#said.textContent = `A message has at most ${LONGEST_TEXT.toLocaleString()} bytes.`;
      return;
    }
    this.#button.disabled = true;
    this.#said.textContent = "";
    try {
      await this.#send(text);
      if (this.#text.value.trim() === text) this.#text.value = "";
    } catch (error) {
      this.#said.textContent = error.message;
    } finally {
      this.#button.disabled = false;
    }
  }
}
