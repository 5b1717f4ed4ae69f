/** Secrets that the organization entrusts to the server. They are written, never shown. */

import { onceKeys } from "../api.js";
import { confirm, open } from "../dialog.js";
import { button, element, fresh, replace } from "../dom.js";
import { badge, moment } from "../format.js";
import { form } from "../form.js";
import { list, pagesOf } from "../list.js";

export const title = "Credentials";

const APPLICATION = [
  { name: "tenantId", label: "Tenant", required: true },
  { name: "clientId", label: "Client id", required: true },
];

/** The forms that a credential takes; the server does not say which of its kind one has. */
const FORMS = [
  {
    label: "A secret text",
    kind: "secret",
    fields: [{ name: "value", label: "Secret", kind: "area", required: true, hint: "It is sealed as it stands here, and never shown again." }],
  },
  {
    label: "Microsoft Graph, with a client secret",
    kind: "microsoft-graph",
    fields: [...APPLICATION, { name: "clientSecret", label: "Client secret", kind: "password", required: true, autocomplete: "new-password" }],
  },
  {
    label: "Microsoft Graph, with a certificate",
    kind: "microsoft-graph",
    fields: [
      ...APPLICATION,
      { name: "certificate", label: "Certificate", kind: "area", required: true, hint: "In PEM." },
      { name: "privateKey", label: "Its key", kind: "area", required: true, hint: "In PEM of PKCS #8." },
    ],
  },
];

/** The server names what it has something against as a part of `values`. */
const ALIASES = Object.fromEntries(FORMS.flatMap(({ fields }) => fields).map(({ name }) => [`values.${name}`, name]));

/** Asks for a credential of one of these forms; `submit` gets it as the API takes it. Answers what `submit` does. */
function ask(heading, { forms, name = "", action }, submit) {
  return open(heading, (close) => {
    const place = element("div");
    let shown;
    const draw = ({ kind, fields }, called) => {
      const named = { name: "name", label: "Name", required: true, most: 100, value: called };
      const take = async ({ name, ...values }) => close(await submit({ kind, name, values }));
      shown = form({ fields: [named, ...fields], action, aliases: ALIASES, submit: take, cancel: () => close() });
      replace(place, shown.node);
    };
    draw(forms[0], name);
    const id = fresh("kind");
    const change = ({ target }) => draw(forms[target.selectedIndex], shown.values().name);
    const kinds = element("select", { id, onchange: change }, forms.map(({ label }) => element("option", { value: label }, label)));
    return element("div", { class: "form" }, forms.length > 1 && element("div", { class: "field" }, element("label", { for: id }, "Kind"), kinds), place);
  });
}

/** @param {HTMLElement} root */
export async function show(root, { api, notify, actions }) {
  const path = "/api/credentials";
  const attempt = (act) => () => act().catch(notify.error);

  async function create() {
    const keyOf = onceKeys();
    const submit = async (body) => (await api.post(path, body, { idempotencyKey: keyOf(body) })).body;
    const made = await ask("New credential", { forms: FORMS, action: "Seal and keep" }, submit);
    if (!made) return;
    await kept.restart();
    notify.say(`${made.name} is sealed and kept.`);
  }

  async function replaceIt(item) {
    const forms = FORMS.filter(({ kind }) => kind === item.kind);
    const submit = async (body) => (await api.put(`${path}/${item.id}`, body, { ifMatch: `"v${item.version}"` })).body;
    const done = await ask(`Replace ${item.name}`, { forms, name: item.name, action: "Replace" }, submit);
    if (!done) return;
    await kept.reload();
    notify.say(`${done.name} is replaced.`);
  }

  async function remove(item) {
    const text = item.kind === "secret" ? "Nothing brings it back." : "A credential that a subscription works with is not deleted: end the subscription first.";
    if (!(await confirm({ title: `Delete ${item.name}?`, text, action: "Delete" }))) return;
    await api.delete(`${path}/${item.id}`, { ifMatch: `"v${item.version}"` });
    await kept.reload();
    notify.say(`${item.name} is deleted.`);
  }

  const kept = list({
    label: "Credentials",
    count: true,
    load: pagesOf(api, path),
    columns: [
      { label: "Name", kind: "main", show: (item) => item.name },
      { label: "Kind", show: (item) => badge(item.kind) },
      { label: "Changed", show: (item) => moment(item.updatedAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) => [
          button("Replace", attempt(() => replaceIt(item)), { describe: `Replace ${item.name}` }),
          button("Delete", attempt(() => remove(item)), { tone: "warning", describe: `Delete ${item.name}` }),
        ],
      },
    ],
    empty: "No credential is kept.",
  });

  actions(button("New credential", attempt(create), { tone: "primary" }));
  replace(root, element("p", { class: "lead" }, "What is secret of these is sealed before it reaches the database. Nobody is shown it again, neither here nor by the API."), kept.node);
  await kept.reload();
}
