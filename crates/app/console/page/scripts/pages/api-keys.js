/** Keys with which servers use the API. */

import { onceKeys } from "../api.js";
import { confirm, open } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { badge, copyable, moment } from "../format.js";
import { form } from "../form.js";
import { list, pagesOf } from "../list.js";
import { Problem } from "../problem.js";

export const title = "API keys";

const SCOPES = [
  ["assets:read", "Read assets"],
  ["assets:write", "Create, change and delete assets"],
  ["events:publish", "Publish events"],
  ["rooms:read", "Read history, presence and activity"],
  ["places:read", "Read sites and units"],
];

/** @param {HTMLElement} root */
export async function show(root, { api, session, notify, actions }) {
  const path = `/api/orgs/${session.organization.id}/api-keys`;
  const attempt = (act) => () => act().catch(notify.error);

  async function create() {
    const keyOf = onceKeys();
    const made = await open("New API key", (close) => {
      const submit = async (values) => {
        const scopes = SCOPES.map(([scope]) => scope).filter((scope) => values[scope]);
        if (scopes.length === 0) throw new Problem(400, { title: "A key without a scope may do nothing", detail: "Choose what it may do." });
        const body = { name: values.name, scopes, ...(values.expires && { expiresAt: new Date(`${values.expires}T23:59:59`).toISOString() }) };
        close((await api.post(path, body, { idempotencyKey: keyOf(body) })).body);
      };
      const fields = [
        { name: "name", label: "Name", required: true, most: 100, hint: "What it is for, such as the server that has it." },
        ...SCOPES.map(([name, label]) => ({ name, label, kind: "check" })),
        { name: "expires", label: "Until the end of", kind: "date", hint: "It does not end by itself when this is empty." },
      ];
      return form({ fields, action: "Create", submit, cancel: () => close(), aliases: { expiresAt: "expires" } }).node;
    });
    if (!made) return;
    await keys.restart();
    await open(`${made.name} is created`, (close) => [
      element("p", null, "This is the key. It is shown once: the server keeps only its digest. Send it as Authorization: Bearer."),
      copyable(made.key, "the key"),
      element("div", { class: "dialog-actions" }, button("Done", () => close(), { tone: "primary" })),
    ]);
  }

  async function revoke(key) {
    const text = "Whoever uses it is refused at once on this instance, and within 5 seconds on the others.";
    if (!(await confirm({ title: `Revoke ${key.name}?`, text, action: "Revoke" }))) return;
    await api.delete(`${path}/${key.id}`);
    await keys.reload();
    notify.say(`${key.name} is revoked.`);
  }

  const ended = (key) => key.expiresAt !== null && new Date(key.expiresAt) < new Date();
  const keys = list({
    label: "API keys",
    count: true,
    load: pagesOf(api, path),
    columns: [
      { label: "Name", kind: "main", show: (item) => item.name },
      { label: "Begins with", show: (item) => element("code", null, `${item.prefix}…`) },
      { label: "May", show: (item) => element("span", { class: "tags" }, item.scopes.map((scope) => badge(scope))) },
      { label: "Last used", show: (item) => moment(item.lastUsedAt) },
      { label: "Created", show: (item) => moment(item.createdAt) },
      { label: "Ends", show: (item) => (ended(item) ? badge("ended", "bad") : moment(item.expiresAt)) },
      { label: "Actions", kind: "actions", show: (item) => button("Revoke", attempt(() => revoke(item)), { tone: "warning", describe: `Revoke ${item.name}` }) },
    ],
    empty: "There are no keys. A server that publishes events or reads assets uses one in place of a person's account.",
  });

  actions(button("New API key", attempt(create), { tone: "primary" }));
  replace(root, keys.node);
  await keys.reload();
}
