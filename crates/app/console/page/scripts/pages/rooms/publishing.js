/** Says something in a room. */

import { element } from "../../dom.js";

export class Publishing {
  #publish;
  #event = element("input", { id: "publish-event", name: "event", required: "", maxlength: "64", value: "note.left", autocomplete: "off", spellcheck: "false" });
  #data = element("textarea", { id: "publish-data", name: "data", rows: "4", spellcheck: "false" });
  #said = element("p", { role: "status", class: "said" });
  #button = element("button", { type: "submit", class: "button primary" }, "Publish");

  /** @param {(event: string, data: unknown) => Promise<{offset: number}>} publish */
  constructor(publish) {
    this.#publish = publish;
    this.#data.value = '{"text": "Hello"}';
    const form = element(
      "form", { class: "publish" },
      element("label", { for: "publish-event" }, "Event"), this.#event,
      element("label", { for: "publish-data" }, "Data, as JSON"), this.#data,
      this.#button, this.#said,
    );
    form.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      this.#submit();
    });
    this.root = element("section", { class: "panel", "aria-label": "Publish" }, element("h2", null, "Publish"), form);
  }

  async #submit() {
    let data;
    try {
      data = JSON.parse(this.#data.value);
    } catch (error) {
      this.#wrong(`The data is not JSON: ${error.message}.`);
      this.#data.focus();
      return;
    }
    this.#button.disabled = true;
    try {
      const { offset } = await this.#publish(this.#event.value.trim(), data);
      this.#say(`Published at offset ${offset}.`);
    } catch (error) {
      this.#wrong(error.name === "Cut" ? `${error.message} It may have been published.` : error.message);
    } finally {
      this.#button.disabled = false;
    }
  }

  #say(text) {
    this.#said.classList.remove("wrong");
    this.#said.textContent = text;
  }

  #wrong(text) {
    this.#said.classList.add("wrong");
    this.#said.textContent = text;
  }
}
