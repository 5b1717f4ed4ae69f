/** The room that is looked at more closely. */

import { element } from "../../dom.js";

export class Choice {
  #chosen;
  #select = element("select", { id: "chosen-room" });
  #alone = element("input", { type: "checkbox", id: "chosen-alone" });

  /** @param {(room: string, alone: boolean) => void} chosen */
  constructor(chosen) {
    this.#chosen = chosen;
    for (const control of [this.#select, this.#alone]) control.addEventListener("change", () => this.#tell());
    const only = element("label", { class: "check", for: "chosen-alone" }, this.#alone, " Show its events alone");
    this.root = element("section", { class: "panel room-choice", "aria-label": "Room" });
    this.root.append(element("label", { for: "chosen-room" }, "Room"), this.#select, only);
  }

  get room() {
    return this.#select.value;
  }

  /** Offers a room; the first one is chosen. */
  add(room, name) {
    if ([...this.#select.options].some((option) => option.value === room)) return;
    this.#select.append(element("option", { value: room }, name));
    if (this.#select.options.length === 1) this.#tell();
  }

  remove(room) {
    const was = this.room;
    [...this.#select.options].find((option) => option.value === room)?.remove();
    if (was === room) this.#tell();
  }

  #tell() {
    this.#chosen(this.room, this.#alone.checked);
  }
}
