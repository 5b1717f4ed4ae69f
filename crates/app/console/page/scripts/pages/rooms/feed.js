/** What is heard in rooms, the latest first. */

import { button, element } from "../../dom.js";

/** So many are shown; the oldest go. */
const MOST = 500;

/**
 * @typedef {{room: string, name: string}} Place
 */
export class Feed {
  #names;
  #place;
  #waiting = [];
  #frame = 0;
  #heard = 0;
  #paused = false;
  #filter = "";
  #rows = element("tbody");
  #count = element("p", { class: "muted" });
  #empty = element("p", { class: "empty" }, "Nothing yet. Events appear here as they happen.");

  /**
   * @param {import("../../names.js").Names} names
   * @param {(room: string) => string} place What a room is called.
   */
  constructor(names, place) {
    this.#names = names;
    this.#place = place;
    const heads = ["Time", "Room", "Offset", "Event", "From", "Data"].map((text) => element("th", { scope: "col" }, text));
    const table = element("table", { class: "list live" }, element("caption", { class: "unseen" }, "Events, the latest first"));
    table.append(element("thead", null, element("tr", null, ...heads)), this.#rows);
    this.root = element("section", { class: "panel rooms-feed", "aria-label": "Events" }, this.#bar(), table, this.#empty);
    this.#tell();
  }

  /** An event of a room. */
  event({ room, offset, event, data, at, from }) {
    this.#heard += 1;
    this.#add(() => {
      const row = element("tr", { "data-room": room, "data-offset": String(offset) });
      row.append(
        cell("Time", time(at)), cell("Room", this.#place(room)), cell("Offset", String(offset), "number"),
        cell("Event", element("code", null, event)), cell("From", this.#sender(from)), cell("Data", shown(data), "wide"),
      );
      return row;
    });
  }

  /** Something to know about a room. */
  note(kind, room, text) {
    this.#add(() => {
      const words = element("td", { colspan: "6", class: "wide" }, element("strong", null, this.#place(room)), ` ${text}`);
      return element("tr", { class: "noted", "data-room": room, "data-note": kind }, words);
    });
  }

  /** Shows the events of one room alone; of all without one. */
  show(room) {
    this.#filter = room;
    for (const row of this.#rows.children) row.hidden = !this.#isShown(row);
    this.#tell();
  }

  end() {
    cancelAnimationFrame(this.#frame);
  }

  #bar() {
    const pause = button("Pause", () => {
      this.#paused = !this.#paused;
      pause.textContent = this.#paused ? "Go on" : "Pause";
      this.#draw();
    });
    const clear = button("Clear", () => {
      this.#rows.replaceChildren();
      this.#waiting = [];
      this.#tell();
    });
    return element("div", { class: "panel-head" }, element("h2", null, "Events"), this.#count, pause, clear);
  }

  #add(row) {
    this.#waiting.push(row);
    // What would not be seen is not made.
    if (this.#waiting.length > MOST) this.#waiting.shift();
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    if (!this.#paused) {
      const rows = this.#waiting.map((make) => make()).reverse();
      for (const row of rows) row.hidden = !this.#isShown(row);
      this.#waiting = [];
      this.#rows.prepend(...rows);
      while (this.#rows.children.length > MOST) this.#rows.lastElementChild.remove();
    }
    this.#tell();
  }

  #isShown(row) {
    return this.#filter === "" || row.dataset.room === this.#filter;
  }

  #tell() {
    const held = this.#paused && this.#waiting.length > 0 ? `, ${this.#waiting.length} held back` : "";
    this.#count.textContent = `${this.#heard} heard${held}`;
    this.#empty.hidden = [...this.#rows.children].some((row) => !row.hidden);
  }

  #sender(from) {
    if (from === undefined) return element("span", { class: "muted" }, "server");
    const name = element("span", null, "…");
    this.#names.of(from).then((named) => {
      name.textContent = named.name;
    });
    return name;
  }
}

function cell(label, content, kind) {
  return element("td", { "data-label": label, ...(kind && { class: kind }) }, content);
}

function time(at) {
  const date = new Date(at);
  const text = date.toLocaleTimeString([], { hour12: false });
  return element("time", { datetime: at, title: date.toLocaleString() }, `${text}.${String(date.getMilliseconds()).padStart(3, "0")}`);
}

/** Data at its full length opens out. */
function shown(data) {
  const text = JSON.stringify(data);
  if (text.length <= 80) return element("code", { class: "data" }, text);
  const whole = element("pre", null, JSON.stringify(data, null, 2));
  return element("details", { class: "data" }, element("summary", null, element("code", null, `${text.slice(0, 76)} …`)), whole);
}
