/** Secrets that the organization entrusts to the server. They are written, never shown. */

import { onceKeys } from "../api.js";
import { confirm, open } from "../dialog.js";
import { button } from "../dom.js";
import { badge, moment } from "../format.js";
import { form } from "../form.js";
import { list, pagesOf } from "../list.js";

const FIELDS = [
  { name: "tenantId", label: "Tenant", required: true },
  { name: "clientId", label: "Client id", required: true },
  { name: "clientSecret", label: "Client secret", kind: "password", required: true, autocomplete: "new-password" },
];

/** The list of credentials, and the button that makes one. */
export function credentials(api, notify, attempt) {
  const path = "/api/credentials";
  const body = ({ name, ...values }) => ({ kind: "microsoft-graph", name, values });

  async function create() {
    const keyOf = onceKeys();
    const made = await open("New credential", (close) => {
      const fields = [{ name: "name", label: "Name", required: true, most: 100 }, ...FIELDS];
      const submit = async (values) => close((await api.post(path, body(values), { idempotencyKey: keyOf(values) })).body);
      return form({ fields, action: "Seal and keep", submit, cancel: () => close() }).node;
    });
    if (made) await kept.restart();
  }

  async function replaceIt(item) {
    const done = await open(`Replace ${item.name}`, (close) => {
      const submit = async (values) => close(await api.put(`${path}/${item.id}`, body({ name: item.name, ...values }), { ifMatch: `"v${item.version}"` }));
      return form({ fields: FIELDS, action: "Replace", submit, cancel: () => close() }).node;
    });
    if (!done) return;
    await kept.reload();
    notify.say(`${item.name} is replaced.`);
  }

  async function remove(item) {
    if (!(await confirm({ title: `Delete ${item.name}?`, text: "Subscriptions that use it are no longer renewed.", action: "Delete" }))) return;
    await api.delete(`${path}/${item.id}`, { ifMatch: `"v${item.version}"` });
    await kept.reload();
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
          item.kind === "microsoft-graph" && button("Replace", attempt(() => replaceIt(item)), { describe: `Replace ${item.name}` }),
          button("Delete", attempt(() => remove(item)), { tone: "warning", describe: `Delete ${item.name}` }),
        ],
      },
    ],
    empty: "No credential is kept.",
  });
  return { node: kept.node, reload: kept.reload, tools: button("New credential", attempt(create)) };
}
