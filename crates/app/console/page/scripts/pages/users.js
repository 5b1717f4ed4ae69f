/** Every account of the installation, for the operator. */

import { confirm } from "../dialog.js";
import { button, element, fresh, replace } from "../dom.js";
import { badge, moment, shortId } from "../format.js";
import { list, pagesOf } from "../list.js";

export const title = "Users";

/** @param {HTMLElement} root */
export async function show(root, { api, notify, route, navigate }) {
  const state = { email: route.query.email ?? "" };
  const attempt = (act) => () => act().catch(notify.error);

  async function change(user, disabled) {
    const text = "Every session ends within seconds, its sockets are closed, and nobody signs in with it until it is enabled again.";
    if (disabled && !(await confirm({ title: `Disable ${user.email}?`, text, action: "Disable" }))) return;
    await api.patch(`/api/users/${user.id}`, { disabled }, { ifMatch: `"v${user.version}"` });
    await users.reload();
    notify.say(`${user.email} is ${disabled ? "disabled" : "enabled"}.`);
  }

  const users = list({
    label: "Users",
    count: true,
    load: pagesOf(api, "/api/users", () => state),
    columns: [
      { label: "Name", kind: "main", show: (item) => item.displayName },
      { label: "Email", show: (item) => item.email },
      { label: "Id", show: (item) => shortId(item.id) },
      { label: "State", show: (item) => (item.disabledAt ? [badge("disabled", "bad"), " ", moment(item.disabledAt)] : badge("enabled", "good")) },
      { label: "Registered", show: (item) => moment(item.createdAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) =>
          item.disabledAt
            ? button("Enable", attempt(() => change(item, false)), { describe: `Enable ${item.email}` })
            : button("Disable", attempt(() => change(item, true)), { tone: "warning", describe: `Disable ${item.email}` }),
      },
    ],
    empty: "No account fits.",
  });

  const id = fresh("filter");
  const search = (event) => {
    event.preventDefault();
    state.email = input.value.trim();
    navigate(state.email ? `/users?${new URLSearchParams(state)}` : "/users", { quiet: true });
    return users.restart();
  };
  const input = element("input", { id, type: "search", value: state.email, autocomplete: "off" });
  const filters = element(
    "form",
    { class: "filters", role: "search", onsubmit: search },
    element("div", { class: "field search" }, element("label", { for: id }, "Email, in full"), input),
    element("button", { type: "submit", class: "button" }, "Find"),
  );
  replace(root, filters, users.node);
  await users.reload();
}
