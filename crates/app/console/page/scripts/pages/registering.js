/** Create an account; the first one of an installation is welcomed. */

import { raw } from "../api.js";
import { element, replace } from "../dom.js";
import { form } from "../form.js";
import { enter } from "./signing-in.js";

export const title = "Create an account";

/** @param {HTMLElement} root */
export async function show(root, { session, heading }) {
  const { body } = await raw("/api/setup", {});
  const first = body.firstRun === true;
  if (first) heading("Welcome to Tenon");
  const lead = first
    ? "Nobody has an account here yet. Make the first one: it comes with an organization that you own, and into which you can invite others."
    : "An account comes with an organization of your own. Whoever was invited into another one accepts the invitation after signing in.";
  const { node } = form({
    fields: [
      { name: "displayName", label: "Your name", required: true, most: 100, autocomplete: "name" },
      { name: "email", label: "Email", kind: "email", required: true, most: 254, autocomplete: "username" },
      { name: "password", label: "Password", kind: "password", required: true, most: 1024, autocomplete: "new-password", hint: "12 characters or more, and none of the well-known ones." },
      { name: "organization", label: "Organization", most: 100, autocomplete: "organization", hint: "Made of your name when it is empty." },
    ],
    action: first ? "Create the first account" : "Create the account",
    submit: ({ organization, ...rest }) => enter("/api/auth/register", organization ? { ...rest, organization } : rest, session),
  });
  replace(
    root,
    element("p", { class: "lead" }, lead),
    element("div", { class: "panel" }, node),
    element("p", null, first ? "Are you the operator? " : "You have an account? ", element("a", { href: first ? "#/sign-in?as=operator" : "#/sign-in" }, "Sign in.")),
  );
}
