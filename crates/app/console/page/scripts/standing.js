/** How a line to the server is, for people. */

import { element } from "./dom.js";

const WORDS = { connecting: "Connecting", open: "Live", closed: "Closed", refused: "Signed out" };

export class Standing {
  #text = element("span");
  #timer;
  root = element("p", { class: "standing", role: "status" }, element("span", { class: "dot", "aria-hidden": "true" }), this.#text);

  /** @param {import("./socket.js").State} state */
  show(state) {
    clearInterval(this.#timer);
    this.root.dataset.state = state.name;
    if (state.name !== "waiting") {
      this.#text.textContent = state.problem?.message ?? WORDS[state.name];
      return;
    }
    this.#wait(state);
    this.#timer = setInterval(() => this.#wait(state), 1_000);
  }

  end() {
    clearInterval(this.#timer);
  }

  #wait({ until, reason }) {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
    this.#text.textContent = `${reason} Trying again${seconds > 1 ? ` in ${seconds} s` : ""}.`;
  }
}
