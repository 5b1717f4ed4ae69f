/** The own account, its password, and the devices that are signed in. */

import { confirm, open } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { badge, moment } from "../format.js";
import { form } from "../form.js";
import { list, pagesOf } from "../list.js";
import { Problem } from "../problem.js";

export const title = "Account and devices";

/** `Firefox on Linux`, as far as the browser says. */
function agent(text) {
  if (!text) return "Unknown";
  const browser = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([mark]) => text.includes(mark));
  const system = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS", "macOS"], ["Windows", "Windows"], ["Linux", "Linux"]].find(([mark]) => text.includes(mark));
  return browser ? `${browser[1]}${system ? ` on ${system[1]}` : ""}` : text.slice(0, 60);
}

/** @param {HTMLElement} root */
export async function show(root, { api, session, notify, actions }) {
  const attempt = (act) => () => act().catch(notify.error);

  async function name(item) {
    const named = await open("Name this device", (close) => {
      const fields = [{ name: "name", label: "Name", required: true, most: 100, value: item.name ?? "" }];
      const submit = async (values) => close((await api.patch(`/api/auth/sessions/${item.id}`, values, { ifMatch: `"v${item.version}"` })).body);
      return form({ fields, action: "Save", submit, cancel: () => close() }).node;
    });
    if (named) await devices.reload();
  }

  async function end(item) {
    const called = item.name ?? agent(item.userAgent);
    const text = item.current ? "You will be signed out here." : "It is signed out within seconds, and its sockets are closed.";
    if (!(await confirm({ title: `Sign out ${called}?`, text, action: "Sign out" }))) return;
    await api.delete(`/api/auth/sessions/${item.id}`);
    if (item.current) return session.end();
    await devices.reload();
    notify.say(`${called} is signed out.`);
  }

  async function endAll() {
    const text = "Every device is signed out within seconds, this one too, and all their sockets are closed.";
    if (!(await confirm({ title: "Sign out everywhere?", text, action: "Sign out everywhere" }))) return;
    await api.delete("/api/auth/sessions");
    session.end();
  }

  const devices = list({
    label: "Devices",
    count: true,
    load: pagesOf(api, "/api/auth/sessions"),
    columns: [
      { label: "Device", kind: "main", show: (item) => [item.name ?? agent(item.userAgent), item.current && [" ", badge("this one", "good")]] },
      { label: "Browser or client", show: (item) => element("span", { title: item.userAgent }, agent(item.userAgent)) },
      { label: "Address", show: (item) => element("code", null, item.address ?? "–") },
      { label: "Last used", show: (item) => moment(item.lastUsedAt) },
      { label: "Signed in", show: (item) => moment(item.createdAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) => [
          button("Name", attempt(() => name(item)), { describe: `Name ${item.name ?? agent(item.userAgent)}` }),
          button("Sign out", attempt(() => end(item)), { tone: "warning", describe: `Sign out ${item.name ?? agent(item.userAgent)}` }),
        ],
      },
    ],
  });

  actions(button("Sign out everywhere", attempt(endAll), { tone: "warning" }));
  const halves = element("div", { class: "halves" }, await profile(api, session, notify), password(api, notify, () => devices.reload()));
  replace(root, element("section", null, element("h2", { class: "section" }, "Devices that are signed in"), devices.node), halves);
  await devices.reload();
}

async function profile(api, session, notify) {
  const { body } = await api.get("/api/auth/me");
  let version = body.user.version;
  const submit = async ({ displayName }) => {
    const changed = await api.patch("/api/auth/me", { displayName }, { ifMatch: `"v${version}"` });
    version = changed.body.user.version;
    session.amend({ user: changed.body.user });
    notify.say("Your name is changed.");
  };
  const fields = [{ name: "displayName", label: "Name", required: true, most: 100, value: body.user.displayName, autocomplete: "name" }];
  const facts = element("dl", { class: "facts" }, element("dt", null, "Email"), element("dd", null, body.user.email), element("dt", null, "Id"), element("dd", null, element("code", null, body.user.id)));
  return element("section", { class: "panel page-body" }, element("h2", null, "You"), facts, form({ fields, action: "Save", submit }).node);
}

function password(api, notify, changed) {
  const submit = async ({ again, ...passwords }) => {
    if (again !== passwords.newPassword) {
      throw new Problem(400, { title: "The passwords differ", fields: [{ field: "again", code: "differs", message: "Is not what you wrote above." }] });
    }
    await api.post("/api/auth/change-password", passwords);
    made.node.reset();
    await changed();
    notify.say("Your password is changed, and all other devices are signed out.");
  };
  const made = form({
    fields: [
      { name: "currentPassword", label: "Password so far", kind: "password", required: true, autocomplete: "current-password" },
      { name: "newPassword", label: "New password", kind: "password", required: true, most: 1024, autocomplete: "new-password", hint: "12 characters or more. It signs out every other device." },
      { name: "again", label: "New password again", kind: "password", required: true, most: 1024, autocomplete: "new-password" },
    ],
    action: "Change the password",
    submit,
  });
  return element("section", { class: "panel" }, element("h2", null, "Password"), made.node);
}
