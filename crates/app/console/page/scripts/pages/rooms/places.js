/** The rooms of an organization, with a switch for each: the organization's own, its sites' and their units'. */

import { button, element } from "../../dom.js";

const PAGE = 50;

export class Places {
  #api;
  #organization;
  #options;
  /** @type {Map<string, string>} */
  #called = new Map();
  #offsets = new Map();
  #boxes = new Map();

  /**
   * @param {any} api
   * @param {{id: string, name: string}} organization
   * @param {{listen: (room: string) => void, leave: (room: string) => void, problem: (problem: Error) => void}} options
   */
  constructor(api, organization, options) {
    this.#api = api;
    this.#organization = organization;
    this.#options = options;
    const list = element("ul", { class: "rooms-places" });
    list.append(this.#entry(`org:${organization.id}`, organization.name, { always: true }));
    this.#more(list, `/api/orgs/${organization.id}/sites`, null, (site) => this.#site(site));
    this.root = element("section", { class: "panel", "aria-label": "Rooms" }, element("h2", null, "Rooms"), list);
  }

  /** What a room is called. */
  name(room) {
    return this.#called.get(room) ?? (room.startsWith("user:") ? "You" : room);
  }

  /** Calls a room by a name. */
  call(room, name) {
    this.#called.set(room, name);
  }

  /** How far a room was heard. */
  heard(room, offset) {
    const shown = this.#offsets.get(room);
    if (shown !== undefined) shown.textContent = String(offset);
  }

  /** A room is not listened to any more. */
  lost(room) {
    const box = this.#boxes.get(room);
    if (box !== undefined) box.checked = false;
    this.heard(room, "");
  }

  #entry(room, name, { always = false, kind = "organization" } = {}) {
    this.call(room, name);
    const box = element("input", { type: "checkbox" });
    box.checked = always;
    box.disabled = always;
    box.addEventListener("change", () => (box.checked ? this.#options.listen(room) : this.#leave(room)));
    const offset = element("output", { class: "number muted", title: "Offset of the last event", "data-offset-of": room });
    this.#offsets.set(room, offset);
    this.#boxes.set(room, box);
    const label = element("label", { "data-room": room }, box, element("span", null, name, " ", element("span", { class: "muted kind" }, kind)));
    return element("li", null, element("div", { class: "rooms-place" }, label, offset));
  }

  #leave(room) {
    this.heard(room, "");
    this.#options.leave(room);
  }

  #site(site) {
    const entry = this.#entry(`org:${this.#organization.id}:site:${site.id}`, site.name, { kind: "site" });
    const units = element("ul");
    const opened = element("details", null, element("summary", null, "Units"), units);
    opened.addEventListener("toggle", () => {
      const path = `/api/orgs/${this.#organization.id}/units`;
      this.#more(units, path, { siteId: site.id }, (unit) => this.#unit(unit));
    }, { once: true });
    entry.append(opened);
    return entry;
  }

  #unit(unit) {
    return this.#entry(`org:${this.#organization.id}:unit:${unit.id}`, unit.name, { kind: "unit" });
  }

  /** A page more in a list, and a way to the next one. */
  async #more(list, path, query, make, cursor) {
    try {
      const { body } = await this.#api.get(path, { query: { ...query, limit: PAGE, ...(cursor && { cursor }) } });
      list.append(...body.items.map(make));
      if (body.items.length === 0 && cursor === undefined) list.append(element("li", { class: "muted" }, "None."));
      if (body.nextCursor) list.append(this.#next(list, path, query, make, body.nextCursor));
    } catch (problem) {
      this.#options.problem(problem);
    }
  }

  #next(list, path, query, make, cursor) {
    const more = button("Show more", () => {
      entry.remove();
      this.#more(list, path, query, make, cursor);
    });
    const entry = element("li", null, more);
    return entry;
  }
}
