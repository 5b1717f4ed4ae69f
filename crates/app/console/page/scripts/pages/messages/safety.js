/** The safety number with somebody: shown, compared, and what becomes of that when keys change. */

import { button, drawing, element, replace } from "../../dom.js";
import { qrCode } from "../../qr.js";
import { groups } from "../../safety.js";

const WORDS = { none: "no keys yet", open: "not compared", compared: "compared", changed: "changed", broken: "not to be trusted" };
const TONES = { compared: "good", changed: "warn", broken: "bad" };

export class Safety {
  #people;
  #peer;
  #name;
  #problem;
  #number = element("div", { class: "safety-number", role: "img" });
  #state = element("span", { class: "badge" });
  #code = element("div", { class: "safety-code" });
  #confirm = button("It is the same", () => this.#compared());
  #held = element("div", { class: "callout", role: "alert" });
  #panel;
  #shown = null;

  /**
   * @param {import("../../messenger/people.js").People} people
   * @param {{id: string, name: string}} peer
   * @param {(problem: Error) => void} problem
   */
  constructor(people, peer, problem) {
    this.#people = people;
    this.#peer = peer.id;
    this.#name = peer.name;
    this.#problem = problem;
    this.#panel = element("details", { class: "safety" }, element("summary", null, "Safety number ", this.#state), this.#inside());
    this.#held.hidden = true;
    this.#held.append(...this.#choices());
    this.root = element("div", null, this.#panel, this.#held);
  }

  /** Shows the number, if there was none before: a word of the other, or one to them, shows that they have keys by now. */
  async lookAgain() {
    if (this.#shown === null) await this.look();
  }

  /** Shows the number of the keys that there are now. */
  async look() {
    try {
      const safety = await this.#people.safety(this.#peer);
      this.#shown = safety?.number ?? null;
      this.#held.hidden = !(await this.#people.hasLapsed(this.#peer));
      this.#draw(safety);
    } catch (error) {
      this.#shown = null;
      this.#draw(null, "broken");
      this.#problem(error);
    }
  }

  /** Opens the panel, for somebody who has to compare. */
  open() {
    this.#panel.open = true;
    this.#panel.querySelector("summary").focus();
  }

  #inside() {
    const words = `Compare these digits with the ones that ${this.#name} sees, by a way other than this one. If they are the same, nobody reads along, this server included.`;
    return element("div", { class: "safety-inside" }, element("p", null, words), element("div", { class: "safety-shown" }, this.#number, this.#code), this.#confirm);
  }

  #choices() {
    const again = button("Compare again", () => this.open(), { tone: "primary" });
    const anyway = button("Send anyway", () => this.#change(this.#people.accept(this.#peer)));
    const words = `The keys of the two of you have changed since you compared the safety number. Nothing is sent to ${this.#name} until you decide.`;
    return [element("p", null, words), element("div", { class: "actions" }, again, anyway)];
  }

  #compared() {
    if (this.#shown !== null) this.#change(this.#people.verified(this.#peer, this.#shown));
  }

  async #change(changed) {
    try {
      await changed;
      await this.look();
    } catch (error) {
      this.#problem(error);
    }
  }

  #draw(safety, trouble) {
    const state = trouble ?? stateOf(safety, this.#held.hidden);
    this.#state.textContent = WORDS[state];
    this.#state.dataset.state = state;
    this.#state.className = `badge ${TONES[state] ?? ""}`;
    this.#confirm.hidden = state !== "open" && state !== "changed";
    const digits = safety === null ? [] : groups(safety.number);
    this.#number.setAttribute("aria-label", digits.length > 0 ? `Safety number ${digits.join(" ")}` : "No safety number");
    replace(this.#number, digits.map((group) => element("span", null, group)));
    replace(this.#code, safety !== null && picture(safety.number));
    if (safety === null) this.#number.textContent = trouble ? "" : `One of you has no keys yet: ${this.#name} makes theirs by opening their messages once.`;
  }
}

function stateOf(safety, isHeld) {
  if (safety === null) return "none";
  if (safety.verified) return "compared";
  return isHeld ? "open" : "changed";
}

/** The code of a number, with the empty frame that readers need. */
function picture(number) {
  const dark = qrCode(number).flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : [])));
  const ground = drawing("rect", { width: 33, height: 33, fill: "#fff" });
  const modules = drawing("path", { d: dark.join(""), fill: "#000" });
  return drawing("svg", { viewBox: "0 0 33 33", role: "img", "aria-label": "The safety number as a QR code" }, ground, modules);
}
