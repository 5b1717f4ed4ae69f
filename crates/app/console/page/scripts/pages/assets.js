/** Assets: found by words, state and category, page by page. */

import { onceKeys } from "../api.js";
import { open } from "../dialog.js";
import { button, element, fresh, replace } from "../dom.js";
import { badge, moment } from "../format.js";
import { list, pagesOf } from "../list.js";
import { assetForm, money, STATES } from "./asset-form.js";
import { Whereabouts } from "./asset-place.js";

export const title = "Assets";

const SORTS = [["-createdAt", "Newest first"], ["createdAt", "Oldest first"], ["-updatedAt", "Changed last"], ["title", "By title"], ["-title", "By title, backwards"]];

/** After the last key, before it is searched, in milliseconds. */
const REST = 250;

/** @param {HTMLElement} root */
export async function show(root, { api, session, route, navigate, notify, actions }) {
  const state = { q: "", status: "", category: "", tag: "", sort: "-createdAt", ...route.query };
  const found = list({
    label: "Assets",
    count: true,
    load: pagesOf(api, "/api/assets", () => state),
    columns: [
      { label: "Title", kind: "main", show: (item) => element("a", { href: `#/assets/${item.id}` }, item.title) },
      { label: "State", show: (item) => badge(item.status, { active: "good", draft: "info" }[item.status]) },
      { label: "Category", show: (item) => item.category || element("span", { class: "muted" }, "–") },
      { label: "Tags", show: (item) => element("span", { class: "tags" }, item.tags.map((tag) => badge(tag))) },
      { label: "Value", kind: "number", show: (item) => money(item.value) || element("span", { class: "muted" }, "–") },
      { label: "Changed", show: (item) => moment(item.updatedAt) },
    ],
    empty: "No asset fits.",
  });

  const renew = () => {
    const query = new URLSearchParams(Object.entries(state).filter(([key, value]) => value && !(key === "sort" && value === "-createdAt")));
    navigate(`/assets${query.size > 0 ? `?${query}` : ""}`, { quiet: true });
    return found.restart();
  };
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(renew, REST);
  };
  const typed = (name, label, type = "text") => {
    const id = fresh("filter");
    const hear = ({ target }) => {
      state[name] = target.value.trim();
      later();
    };
    return element("div", { class: name === "q" ? "field search" : "field" }, element("label", { for: id }, label), element("input", { id, type, value: state[name], oninput: hear, autocomplete: "off" }));
  };
  const chosen = (name, label, options) => {
    const id = fresh("filter");
    const hear = ({ target }) => {
      state[name] = target.value;
      renew();
    };
    const made = options.map(([value, text]) => element("option", { value, selected: value === state[name] }, text));
    return element("div", { class: "field" }, element("label", { for: id }, label), element("select", { id, onchange: hear }, made));
  };
  const filters = element(
    "form",
    { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    typed("q", "Search", "search"),
    chosen("status", "State", [["", "Any"], ...STATES]),
    typed("category", "Category"),
    typed("tag", "Tag"),
    chosen("sort", "Order", SORTS),
  );

  if (session.role !== "viewer") actions(button("New asset", () => create(api, session, navigate, notify).catch(notify.error), { tone: "primary" }));
  replace(root, filters, found.node);
  await found.reload();
  return () => clearTimeout(timer);
}

async function create(api, session, navigate, notify) {
  const places = await Whereabouts.of(api, session.organization.id);
  const keyOf = onceKeys();
  const made = await open(
    "New asset",
    (close) => {
      const submit = async (body) => close((await api.post("/api/assets", body, { idempotencyKey: keyOf(body) })).body);
      return assetForm(null, places, { action: "Create", submit, cancel: () => close() }).node;
    },
    { wide: true },
  );
  if (!made) return;
  notify.say(`${made.title} is created.`);
  navigate(`/assets/${made.id}`);
}
