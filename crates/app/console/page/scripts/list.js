/** A list by pages, as the server hands it out: by cursor. On a narrow screen each row becomes a card. */

import { button, element, replace } from "./dom.js";
import { number } from "./format.js";
import { Problem, panel } from "./problem.js";

/**
 * @typedef {{label: string, show: (item: any) => import("./dom.js").Child, kind?: "main" | "number" | "actions"}} Column
 * @typedef {{
 *   load: (query: {limit: number, cursor?: string, count?: boolean}) => Promise<{items: any[], nextCursor?: string | null, total?: number}>,
 *   columns: Column[], label: string, empty?: import("./dom.js").Child, limit?: number, count?: boolean,
 *   row?: (item: any, row: HTMLElement) => void,
 * }} Listing
 */

/**
 * A list. `load` is asked for each page; `reload` shows the page anew, `restart` the first one.
 * @param {Listing} listing
 */
export function list({ load, columns, label, empty = "Nothing is here yet.", limit = 20, count = false, row }) {
  const body = element("tbody");
  const head = element("tr", null, columns.map(({ label, kind }) => element("th", { scope: "col", class: kind }, kind === "actions" ? element("span", { class: "unseen" }, label) : label)));
  const table = element("table", { class: "list", "aria-label": label }, element("thead", null, head), body);
  const beyond = element("div", { class: "list-message" });
  const where = element("p", { class: "muted", role: "status" });
  const back = button("Previous", () => move(-1), { describe: `Previous page of ${label}` });
  const on = button("Next", () => move(1), { describe: `Next page of ${label}` });
  const pager = element("div", { class: "pager" }, back, on);
  const foot = element("div", { class: "list-foot" }, where, pager);
  const node = element("div", { class: "list-frame" }, table, beyond, foot);

  /** Where each page begins that was seen; the first has no cursor. */
  let cursors = [undefined];
  let at = 0;
  let turn = 0;

  async function read() {
    turn += 1;
    const mine = turn;
    node.setAttribute("aria-busy", "true");
    try {
      const page = await load({ limit, cursor: cursors[at], count: count && at === 0 ? true : undefined });
      if (mine === turn) fill(page);
    } catch (error) {
      if (mine === turn) fail(Problem.of(error));
    } finally {
      if (mine === turn) node.removeAttribute("aria-busy");
    }
  }

  let total;
  function fill({ items, nextCursor = null, total: counted }) {
    if (counted !== undefined) total = counted;
    cursors = [...cursors.slice(0, at + 1), ...(nextCursor ? [nextCursor] : [])];
    const held = focusIn(body);
    replace(body, items.map(line));
    held?.();
    table.hidden = items.length === 0;
    replace(beyond, items.length === 0 && element("div", { class: "empty" }, at === 0 ? empty : "This page is empty now."));
    const first = at * limit + 1;
    const of = total === undefined ? "" : ` of ${number(total)}`;
    where.textContent = items.length === 0 ? "" : `${number(first)}–${number(first + items.length - 1)}${of}`;
    back.disabled = at === 0;
    on.disabled = !nextCursor;
    pager.hidden = at === 0 && !nextCursor;
    foot.hidden = pager.hidden && (items.length === 0 || total === undefined);
  }

  function line(item) {
    const cells = columns.map(({ label, show, kind }) => element("td", { class: kind, "data-label": kind === "actions" ? null : label }, element("div", null, show(item))));
    const made = element("tr", null, cells);
    row?.(item, made);
    return made;
  }

  function fail(problem) {
    table.hidden = true;
    foot.hidden = true;
    replace(beyond, panel(problem, button("Try again", read)));
  }

  async function move(pages) {
    at = Math.max(0, Math.min(at + pages, cursors.length - 1));
    await read();
    node.scrollIntoView({ block: "nearest" });
  }

  return {
    node,
    reload: read,
    restart() {
      cursors = [undefined];
      at = 0;
      total = undefined;
      return read();
    },
  };
}

/** If something in there has the focus: what gives it to its like after everything was replaced. */
function focusIn(body) {
  const focused = document.activeElement;
  if (!body.contains(focused)) return null;
  const name = (node) => node.getAttribute("aria-label") ?? node.textContent;
  return () => [...body.querySelectorAll("a, button")].find((node) => name(node) === name(focused))?.focus({ preventScroll: true });
}

/** What asks a path of the API for pages. `query` is read anew for each. */
export function pagesOf(api, path, query = () => ({})) {
  return async (page) => (await api.get(path, { query: { ...query(), ...page } })).body;
}

/**
 * All items of a listing that is short by its nature, such as the sites of an organization, up to `most`.
 * @returns {Promise<any[]>}
 */
export async function everything(api, path, query = {}, most = 1000) {
  const items = [];
  let cursor;
  do {
    const { body } = await api.get(path, { query: { ...query, limit: 100, cursor } });
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor && items.length < most);
  return items;
}
