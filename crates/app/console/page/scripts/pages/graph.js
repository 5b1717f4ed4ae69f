/** Microsoft Graph: what is subscribed to, and what was told. */

import { onceKeys } from "../api.js";
import { confirm, open } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { badge, clock, moment, shortId } from "../format.js";
import { form } from "../form.js";
import { everything, list, pagesOf } from "../list.js";
import { Problem } from "../problem.js";
import { every } from "../pace.js";

export const title = "Microsoft Graph";

/** From one reading to the next, in milliseconds. */
const PAUSE = 4000;

const CHANGES = [["created", "What is created"], ["updated", "What is changed"], ["deleted", "What is deleted"]];
const TONES = { active: "good", creating: "info", deleting: "warn", processed: "good", quarantined: "bad" };

/** @param {HTMLElement} root */
export async function show(root, { api, notify, actions }) {
  const attempt = (act) => () => act().catch(notify.error);
  const subscriptions = subscribed(api, notify, attempt);
  const notifications = told(api, notify, attempt);
  actions(button("New subscription", attempt(() => subscribe(api, subscriptions)), { tone: "primary" }));
  const section = (name, tools, node) => element("section", null, element("div", { class: "panel-head" }, element("h2", null, name), tools), node);
  replace(root, section("Subscriptions", null, subscriptions.node), section("Notifications", notifications.choice, notifications.node));
  await Promise.all([subscriptions.reload(), notifications.reload()]);
  return every(PAUSE, () => Promise.all([subscriptions.reload(), notifications.reload()]));
}

async function subscribe(api, subscriptions) {
  const known = (await everything(api, "/api/credentials")).filter(({ kind }) => kind === "microsoft-graph");
  if (known.length === 0) {
    throw new Problem(0, { title: "There is no credential yet", detail: "Subscribing needs an application of Microsoft's identity platform: create its credential on the page Credentials." });
  }
  const keyOf = onceKeys();
  const made = await open("New subscription", (close) => {
    const submit = async ({ credentialId, resource, includeResourceData, ...changes }) => {
      const changeTypes = CHANGES.map(([name]) => name).filter((name) => changes[name]);
      const body = { credentialId, resource, changeTypes, includeResourceData };
      close((await api.post("/api/graph/subscriptions", body, { idempotencyKey: keyOf(body) })).body);
    };
    const fields = [
      { name: "credentialId", label: "Credential", kind: "select", options: known.map(({ id, name }) => [id, name]) },
      { name: "resource", label: "Resource", required: true, placeholder: "users/ada@example.com/messages", hint: "A path of Graph, without a slash in front." },
      ...CHANGES.map(([name, label]) => ({ name, label, kind: "check", value: true })),
      { name: "includeResourceData", label: "Bring the resource along, encrypted", kind: "check" },
    ];
    return form({ fields, action: "Subscribe", submit, cancel: () => close() }).node;
  });
  if (made) await subscriptions.restart();
}

function subscribed(api, notify, attempt) {
  const path = "/api/graph/subscriptions";
  const remove = async (item) => {
    if (!(await confirm({ title: "End this subscription?", text: `Graph tells no longer of ${item.resource}.`, action: "End it" }))) return;
    await api.delete(`${path}/${item.id}`, { ifMatch: `"v${item.version}"` });
    await made.reload();
  };
  const ask = async (item, what, said) => {
    await api.post(`${path}/${item.id}/${what}`);
    await made.reload();
    notify.say(said);
  };
  const made = list({
    label: "Subscriptions",
    count: true,
    load: pagesOf(api, path),
    columns: [
      { label: "Resource", kind: "main", show: (item) => item.resource },
      { label: "Changes", show: (item) => item.changeTypes.join(", ") },
      { label: "State", show: (item) => [badge(item.state, TONES[item.state]), item.problem && element("p", { class: "error-text small" }, item.problem)] },
      { label: "Missed", show: (item) => (item.resyncSince ? [badge("read all anew", "bad"), " ", moment(item.resyncSince)] : item.deltaSince ? [badge("read the delta", "warn"), " ", moment(item.deltaSince)] : "nothing") },
      { label: "Ends", show: (item) => moment(item.expiresAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) => [
          (item.resyncSince || item.deltaSince) && button("Synced", attempt(() => ask(item, "synced", "Noted.")), { describe: `Say that ${item.resource} is read` }),
          item.state === "active" && button("Renew", attempt(() => ask(item, "renew", "It is renewed at Graph now.")), { describe: `Renew ${item.resource}` }),
          item.state !== "deleting" && button("End", attempt(() => remove(item)), { tone: "warning", describe: `End ${item.resource}` }),
        ],
      },
    ],
    empty: "Nothing is subscribed to.",
  });
  return made;
}

function told(api, notify, attempt) {
  const path = "/api/graph/notifications";
  let state = "";
  const replay = async (item) => {
    await api.post(`${path}/${item.id}/replay`);
    await made.reload();
    notify.say("It is judged again.");
  };
  const made = list({
    label: "Notifications",
    load: pagesOf(api, path, () => ({ state })),
    columns: [
      { label: "Resource", kind: "main", show: (item) => item.resource },
      { label: "Change", show: (item) => item.change },
      { label: "State", show: (item) => [badge(item.state, TONES[item.state]), item.reason && ` ${item.reason}`] },
      { label: "Received", show: (item) => moment(item.receivedAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) => [
          item.state === "quarantined" && button("Judge again", attempt(() => replay(item)), { describe: `Judge ${item.resource} again` }),
          button("Details", attempt(() => details(api, `${path}/${item.id}`)), { describe: `Details of ${item.resource}` }),
        ],
      },
    ],
    empty: "Graph has told nothing.",
  });
  const choices = [["", "All"], ["processed", "Processed"], ["quarantined", "Quarantined"]].map(([value, label]) =>
    element("button", { type: "button", "aria-pressed": String(value === state), onclick: ({ currentTarget }) => {
      state = value;
      for (const each of choices) each.setAttribute("aria-pressed", String(each === currentTarget));
      return made.restart();
    } }, label),
  );
  return { ...made, choice: element("div", { class: "choice", role: "group", "aria-label": "State" }, choices) };
}

async function details(api, path) {
  const { body } = await api.get(path);
  const fact = (name, ...values) => [element("dt", null, name), element("dd", null, values)];
  await open(
    body.resource,
    (close) => [
      element("dl", { class: "facts" }, fact("Id", element("code", null, body.id)), fact("Subscription", shortId(body.subscriptionId)), fact("State", badge(body.state, TONES[body.state]), body.reason && ` ${body.reason}`), fact("Change", body.change), fact("Received", clock(body.receivedAt)), fact("Settled", clock(body.settledAt))),
      body.resourceData ? element("pre", { tabindex: "0" }, JSON.stringify(body.resourceData, null, 2)) : element("p", { class: "muted" }, body.hasResourceData ? "What came with it is no longer kept, or is not believed." : "It brought no resource along."),
      element("div", { class: "dialog-actions" }, button("Close", () => close(), { tone: "primary", autofocus: true })),
    ],
    { wide: true },
  );
}
