/** Who belongs to the organization, and who is invited. */

import { onceKeys } from "../api.js";
import { confirm, open } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { badge, copyable, moment } from "../format.js";
import { form } from "../form.js";
import { list, pagesOf } from "../list.js";

export const title = "Members";

const ROLES = [
  ["viewer", "Viewer: reads"],
  ["member", "Member: also creates, and changes their own"],
  ["admin", "Admin: changes everything, and invites"],
  ["owner", "Owner: also deletes the organization"],
];

/** @param {HTMLElement} root */
export async function show(root, { api, session, notify, actions, navigate }) {
  const base = `/api/orgs/${session.organization.id}`;
  const attempt = (act) => () => act().catch(notify.error);

  async function changeRole(member) {
    const changed = await open(`The role of ${member.displayName}`, (close) => {
      const fields = [{ name: "role", label: "Role", kind: "select", options: ROLES, value: member.role }];
      const submit = async ({ role }) => close((await api.patch(`${base}/members/${member.userId}`, { role }, { ifMatch: `"v${member.version}"` })).body);
      return form({ fields, action: "Save", submit, cancel: () => close() }).node;
    });
    if (!changed) return;
    await members.reload();
    notify.say(`${member.displayName} is ${changed.role} now.`);
  }

  async function remove(member) {
    const own = member.userId === session.user.id;
    const text = own ? "You will no longer see what is in this organization." : `${member.displayName} loses access within seconds, on every device.`;
    const question = { title: own ? "Leave this organization?" : `Remove ${member.displayName}?`, text, action: own ? "Leave" : "Remove" };
    if (!(await confirm(question))) return;
    await api.delete(`${base}/members/${member.userId}`, { ifMatch: `"v${member.version}"` });
    if (own) return session.end("You have left the organization. Sign in again to go on in another one.");
    await members.reload();
    notify.say(`${member.displayName} is no longer a member.`);
  }

  async function invite() {
    const keyOf = onceKeys();
    const invited = await open("Invite somebody", (close) => {
      const fields = [
        { name: "email", label: "Email", kind: "email", required: true },
        { name: "role", label: "Role", kind: "select", options: ROLES, value: "member" },
      ];
      const submit = async (values) => close((await api.post(`${base}/invitations`, values, { idempotencyKey: keyOf(values) })).body);
      return form({ fields, action: "Invite", submit, cancel: () => close() }).node;
    });
    if (!invited) return;
    await invitations.restart();
    await open(`${invited.email} is invited`, (close) => [
      element("p", null, "Hand this token over: it is shown once. Whoever has signed in with that address accepts it on the page Organizations."),
      copyable(invited.token, "the token"),
      element("div", { class: "dialog-actions" }, button("Done", () => close(), { tone: "primary" })),
    ]);
  }

  async function withdraw(invitation) {
    const text = "The token is worthless from then on.";
    if (!(await confirm({ title: `Withdraw the invitation of ${invitation.email}?`, text, action: "Withdraw" }))) return;
    await api.delete(`${base}/invitations/${invitation.id}`);
    await invitations.reload();
  }

  const members = list({
    label: "Members",
    count: true,
    load: pagesOf(api, `${base}/members`),
    columns: [
      { label: "Name", kind: "main", show: (item) => [item.displayName, item.userId === session.user.id && element("span", { class: "muted" }, " you")] },
      { label: "Email", show: (item) => item.email },
      { label: "Role", show: (item) => badge(item.role, item.role === "owner" ? "good" : item.role === "admin" ? "info" : undefined) },
      { label: "Since", show: (item) => moment(item.createdAt) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) => [
          session.isAdmin && button("Role", attempt(() => changeRole(item)), { describe: `Change the role of ${item.displayName}` }),
          item.userId === session.user.id
            ? button("Leave", attempt(() => remove(item)), { tone: "warning" })
            : session.isAdmin && button("Remove", attempt(() => remove(item)), { tone: "warning", describe: `Remove ${item.displayName}` }),
        ],
      },
    ],
  });
  const invitations = list({
    label: "Invitations",
    load: pagesOf(api, `${base}/invitations`),
    columns: [
      { label: "Email", kind: "main", show: (item) => item.email },
      { label: "Role", show: (item) => badge(item.role) },
      { label: "Invited", show: (item) => moment(item.createdAt) },
      { label: "Ends", show: (item) => moment(item.expiresAt) },
      { label: "Actions", kind: "actions", show: (item) => button("Withdraw", attempt(() => withdraw(item)), { describe: `Withdraw the invitation of ${item.email}` }) },
    ],
    empty: "Nobody is invited.",
  });

  replace(root, members.node, session.isAdmin && element("section", null, element("h2", { class: "section" }, "Invitations"), invitations.node));
  if (session.isAdmin) actions(button("Invite", attempt(invite), { tone: "primary" }));
  await Promise.all([members.reload(), session.isAdmin && invitations.reload()]);
}
