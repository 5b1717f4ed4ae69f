/** Which page is shown: what stands behind `#` in the address. */

import { api } from "./api.js";
import { element, replace } from "./dom.js";
import { notify } from "./notify.js";
import { Problem, panel } from "./problem.js";
import { match } from "./routes.js";
import { session } from "./session.js";
import { shell } from "./shell.js";

/** What the page that is shown wants to have done at its end. */
let end = null;
let turn = 0;
/** Where somebody wanted to go who had to sign in first. */
let wanted = null;

/** The address as a path and its parameters. */
function here() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?");
  return { path: path || "/", query: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * Goes to a page.
 * @param {string} path
 * @param {{replace?: boolean, quiet?: boolean}} [options] `quiet` changes the address and leaves the page as it is
 */
export function navigate(path, { replace: instead = false, quiet = false } = {}) {
  if (`#${path}` === location.hash && !quiet) return show();
  if (!instead && !quiet) {
    location.hash = path;
    return undefined;
  }
  history.replaceState(null, "", `#${path}`);
  return quiet ? undefined : show();
}

/** Keeps where somebody is, to come back there after signing in again. */
export function remember() {
  wanted = location.hash.slice(1) || null;
}

/** Where to go once somebody is signed in. */
export function arrive() {
  const target = wanted ?? "/";
  wanted = null;
  navigate(target, { replace: true });
}

function leave() {
  const ending = end;
  end = null;
  try {
    ending?.();
  } catch (error) {
    console.error(error);
  }
}

/** The route to show, after who may see what. */
function allowed(path) {
  const found = match(path);
  if (!session.kind) {
    if (found?.route.for.includes("anybody")) return found;
    if (path !== "/" && found) wanted = location.hash.slice(1);
    return { ...match("/sign-in"), instead: "/sign-in" };
  }
  if (found?.route.for.includes("anybody")) return { ...match("/"), instead: "/" };
  if (found && !found.route.for.includes(session.kind)) return null;
  return found;
}

/** Shows the page of the address. */
export async function show() {
  turn += 1;
  const mine = turn;
  leave();
  const { path, query } = here();
  const found = allowed(path);
  if (found?.instead) history.replaceState(null, "", `#${found.instead}`);
  const frame = shell.page(found?.route ?? null);
  if (!found) {
    frame.heading("There is no such page");
    replace(frame.root, element("p", null, "It may be meant for somebody else. ", element("a", { href: "#/" }, "Go to the overview.")));
    return frame.focus();
  }
  let ending;
  try {
    const page = await found.route.load();
    if (mine !== turn) return undefined;
    frame.heading(page.title);
    frame.focus();
    const route = { path: found.instead ?? path, params: found.params, query };
    const context = { api, session, route, navigate, notify, actions: frame.actions, heading: frame.heading };
    ending = await page.show(frame.root, context);
  } catch (error) {
    if (mine === turn) replace(frame.root, panel(Problem.of(error), element("p", null, element("button", { type: "button", class: "button", onclick: show }, "Try again"))));
  }
  if (mine === turn) {
    end = ending ?? null;
    frame.ready();
  } else {
    ending?.();
  }
  return undefined;
}

export function start() {
  addEventListener("hashchange", show);
  return show();
}
