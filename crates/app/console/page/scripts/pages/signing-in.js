/** Sign in, as a person or as the operator of the installation. */

import { raw } from "../api.js";
import { element, replace } from "../dom.js";
import { form } from "../form.js";
import { Problem } from "../problem.js";
import { arrive } from "../router.js";

export const title = "Sign in";

/** Signs in with these credentials; what is wrong with them is thrown. */
export async function enter(path, body, session) {
  const headers = { "Content-Type": "application/json" };
  const answer = await raw(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status >= 400) throw new Problem(answer.status, answer.body);
  session.take(answer.body);
  arrive();
}

/** @param {HTMLElement} root */
export async function show(root, { session, route, navigate, notify }) {
  const place = element("div");
  const kinds = [
    ["Account", person],
    ["Operator", operator],
  ];
  const choices = kinds.map(([label, make]) => element("button", { type: "button", onclick: () => choose(make) }, label));

  function choose(make) {
    kinds.forEach(([, each], number) => choices[number].setAttribute("aria-pressed", String(each === make)));
    replace(place, make());
    place.querySelector("input")?.focus();
  }

  function person() {
    const fields = [
      { name: "email", label: "Email", kind: "email", required: true, autocomplete: "username" },
      { name: "password", label: "Password", kind: "password", required: true, autocomplete: "current-password" },
    ];
    return form({ fields, action: "Sign in", submit: (values) => enter("/api/auth/login", values, session) }).node;
  }

  function operator() {
    const hint = "OPERATOR_PASSWORD of the configuration. In development it is in secrets.toml in the data folder.";
    const fields = [{ name: "password", label: "Operator's password", kind: "password", required: true, autocomplete: "current-password", hint }];
    return form({ fields, action: "Sign in as operator", submit: (values) => enter("/api/auth/login", values, session) }).node;
  }

  replace(root, element("div", { class: "panel" }, element("div", { class: "choice", role: "group", "aria-label": "Who signs in" }, choices), place), element("p", null, "No account yet? ", element("a", { href: "#/register" }, "Create one.")));
  // Whoever says that they are the operator is not asked to register.
  const asOperator = route.query.as === "operator";
  choose(asOperator ? operator : person);
  if (asOperator) return;

  const first = await raw("/api/setup", {}).catch((problem) => notify.error(problem));
  if (first?.body?.firstRun) navigate("/register", { replace: true });
}
