/** What was done by whom, in a chain that shows when it was changed. */

import { open } from "../dialog.js";
import { button, element, fresh, replace } from "../dom.js";
import { clock, moment, shortId } from "../format.js";
import { list, pagesOf } from "../list.js";

export const title = "Audit log";

/** @param {HTMLElement} root */
export async function show(root, { api, session, route, navigate }) {
  const operator = session.kind === "operator";
  const path = operator ? "/api/audit" : `/api/orgs/${session.organization.id}/audit`;
  const state = { action: route.query.action ?? "", ...(operator && { organization: route.query.organization ?? "" }) };

  const entries = list({
    label: "Audit log",
    load: pagesOf(api, path, () => state),
    columns: [
      { label: "What", kind: "main", show: (item) => element("code", null, item.action) },
      { label: "By", show: actor },
      { label: "About", show: (item) => item.subject && [item.subject.kind, " ", shortId(item.subject.id)] },
      ...(operator ? [{ label: "Organization", show: (item) => (item.organizationId ? shortId(item.organizationId) : "the installation") }] : []),
      { label: "From", show: (item) => (item.address ? element("code", null, item.address) : element("span", { class: "muted" }, "–")) },
      { label: "When", show: (item) => moment(item.at) },
      { label: "Number", kind: "number", show: (item) => item.sequence },
      { label: "Actions", kind: "actions", show: (item) => button("Details", () => details(item), { describe: `Details of ${item.action}, number ${item.sequence}` }) },
    ],
    empty: "No entry fits.",
  });

  const inputs = {};
  const typed = (name, label, placeholder) => {
    const id = fresh("filter");
    inputs[name] = element("input", { id, type: "search", value: state[name], placeholder, autocomplete: "off" });
    return element("div", { class: "field search" }, element("label", { for: id }, label), inputs[name]);
  };
  const search = (event) => {
    event.preventDefault();
    for (const [name, input] of Object.entries(inputs)) state[name] = input.value.trim();
    const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    navigate(`${route.path}${query.size > 0 ? `?${query}` : ""}`, { quiet: true });
    return entries.restart();
  };
  const filters = element(
    "form",
    { class: "filters", role: "search", onsubmit: search },
    typed("action", "What", "session.created"),
    operator && typed("organization", "Organization", "its id"),
    element("button", { type: "submit", class: "button" }, "Find"),
  );
  replace(root, element("p", { class: "lead" }, "Each entry carries the hash of the one before. ", element("code", null, "tenon audit verify"), " finds an entry that was changed, removed or put in later."), filters, entries.node);
  await entries.reload();
}

function actor({ actor }) {
  if (actor.email) return actor.email;
  const kind = { user: "user", operator: "the operator", apiKey: "API key", system: "the server" }[actor.kind] ?? actor.kind;
  return actor.id ? [kind, " ", shortId(actor.id)] : kind;
}

function details(entry) {
  const fact = (name, ...values) => [element("dt", null, name), element("dd", null, values)];
  return open(
    entry.action,
    (close) => [
      element(
        "dl",
        { class: "facts" },
        fact("When", clock(entry.at)),
        fact("By", actor(entry)),
        entry.subject && fact("About", entry.subject.kind, " ", element("code", null, entry.subject.id)),
        fact("Address", entry.address ?? "–"),
        fact("Client", entry.userAgent ?? "–"),
        fact("Number", entry.sequence),
        fact("Hash", element("code", null, entry.hash)),
      ),
      Object.keys(entry.details ?? {}).length > 0 && element("pre", { tabindex: "0" }, JSON.stringify(entry.details, null, 2)),
      element("div", { class: "dialog-actions" }, button("Close", () => close(), { tone: "primary", autofocus: true })),
    ],
    { wide: true },
  );
}
