/** How a line to the server is, for people. */

import { element } from "./dom.js";

const WORDS = { connecting: "Connecting", open: "Live", closed: "Closed", refused: "Signed out" };

export class Standing {
  #text = element("span", { role: "status" });
  /** It changes each second, which nobody wants read out. */
  #wait = element("span", { "aria-hidden": "true" });
  #timer;
  root = element("p", { class: "standing" }, element("span", { class: "dot", "aria-hidden": "true" }), this.#text, this.#wait);

  /** @param {import("./socket.js").State} state */
  show(state) {
    clearInterval(this.#timer);
    this.root.dataset.state = state.name;
    this.#text.textContent = state.problem?.message ?? state.reason ?? WORDS[state.name];
    this.#wait.textContent = "";
    if (state.name !== "waiting") return;
    this.#count(state.until);
    this.#timer = setInterval(() => this.#count(state.until), 1_000);
  }

  end() {
    clearInterval(this.#timer);
  }

  #count(until) {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
    this.#wait.textContent = seconds > 1 ? `Trying again in ${seconds} s.` : "Trying again.";
  }
}
