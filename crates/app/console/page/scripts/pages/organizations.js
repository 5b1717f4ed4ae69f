/** The organizations that one belongs to: switching, creating, accepting an invitation. */

import { open } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { badge, moment } from "../format.js";
import { form } from "../form.js";
import { list, pagesOf } from "../list.js";
import { create, remove, rename } from "./names.js";
import { retention } from "./retention.js";

export const title = "Organizations";

/** @param {HTMLElement} root */
export async function show(root, { api, session, notify, navigate, actions }) {
  const attempt = (act) => () => act().catch(notify.error);

  async function switchTo(organization) {
    session.take((await api.post("/api/auth/switch", { organizationId: organization.id })).body);
    notify.say(`You are in ${organization.name} now.`);
    navigate("/");
  }

  async function accept() {
    const accepted = await open("Accept an invitation", (close) => {
      const fields = [{ name: "token", label: "Token", required: true, hint: "Whoever invited you has it. It is for the address that you sign in with." }];
      const submit = async ({ token }) => close((await api.post("/api/invitations/accept", { token: token.trim() })).body);
      return form({ fields, action: "Accept", submit, cancel: () => close() }).node;
    });
    if (!accepted) return;
    await organizations.restart();
    notify.say(`You belong to ${accepted.organization.name} now, as ${accepted.role}.`);
  }

  const here = (item) => item.id === session.organization.id;
  const own = (item) => here(item) && session.isAdmin;
  const organizations = list({
    label: "Organizations",
    load: pagesOf(api, "/api/orgs"),
    columns: [
      { label: "Name", kind: "main", show: (item) => [item.name, here(item) && [" ", badge("here", "good")]] },
      { label: "Your role", show: (item) => badge(item.role ?? "") },
      { label: "Created", show: (item) => moment(item.createdAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) => [
          !here(item) && button("Switch", attempt(() => switchTo(item)), { describe: `Switch to ${item.name}` }),
          own(item) &&
            button("Rename", attempt(async () => {
              const renamed = await rename(api, `/api/orgs/${item.id}`, item, "Rename the organization");
              if (!renamed) return;
              session.amend({ organization: renamed });
              navigate("/organizations");
            }), { describe: `Rename ${item.name}` }),
          here(item) && session.role === "owner" &&
            button("Delete", attempt(async () => {
              const text = "Its assets, sites, messages and members' access go with it, and nothing brings them back.";
              if (await remove(api, `/api/orgs/${item.id}`, item, text)) session.end("The organization is deleted. Sign in again to go on in another one.");
            }), { tone: "warning", describe: `Delete ${item.name}` }),
        ],
      },
    ],
  });

  const messages = retention(api, session, notify);
  actions(
    button("Accept an invitation", attempt(accept)),
    button("New organization", attempt(async () => {
      if (await create(api, "/api/orgs", "New organization")) await organizations.restart();
    }), { tone: "primary" }),
  );
  replace(root, element("p", { class: "lead" }, "You work in one organization at a time; what is in another one is not there until you switch."), organizations.node, messages.node);
  await Promise.all([organizations.reload(), messages.reload()]);
}
