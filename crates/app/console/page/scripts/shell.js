/** What is around every page: the navigation, the heading, who is signed in. */

import { button, element, replace } from "./dom.js";
import { ROUTES } from "./routes.js";
import { session } from "./session.js";
import { api } from "./api.js";

const root = () => document.getElementById("shell");

function brand() {
  return element("a", { class: "brand", href: "#/" }, element("img", { src: "/console/icon.svg", alt: "", width: "26", height: "26" }), "Tenon");
}

/** `light`, `dark`, or as the system has it. */
function themes() {
  const names = [["", "System"], ["light", "Light"], ["dark", "Dark"]];
  const chosen = document.documentElement.dataset.theme ?? "";
  const choose = ({ target }) => {
    if (target.value) document.documentElement.dataset.theme = target.value;
    else delete document.documentElement.dataset.theme;
    try {
      if (target.value) localStorage.setItem("tenon.theme", target.value);
      else localStorage.removeItem("tenon.theme");
    } catch {
      // It holds until the reload.
    }
  };
  const options = names.map(([value, label]) => element("option", { value, selected: value === chosen }, label));
  return element("label", { class: "themes" }, element("span", null, "Colors"), element("select", { onchange: choose }, options));
}

function navigation(route) {
  const current = route?.under ?? route?.path;
  const mine = ROUTES.filter((each) => each.label && each.for.includes(session.kind) && (!each.admins || session.isAdmin));
  const groups = [...new Set(mine.map((each) => each.group))];
  const link = (each) =>
    element("li", null, element("a", { href: `#${each.path}`, "aria-current": each.path === current ? "page" : null }, each.label));
  return groups.map((group) => [group && element("h2", null, group), element("ul", null, mine.filter((each) => each.group === group).map(link))]);
}

async function signOut() {
  try {
    if (session.kind === "user") await api.post("/api/auth/logout");
  } finally {
    session.end();
  }
}

function who() {
  const operator = session.kind === "operator";
  return element(
    "div",
    { class: "who" },
    element("p", { class: "who-name" }, operator ? "Operator" : session.user.displayName),
    element("p", { class: "who-where" }, operator ? "of this installation" : `${session.organization.name} · ${session.role}`),
    button("Sign out", () => signOut().catch(() => {}), { tone: "quiet" }),
  );
}

/** What is shown of the navigation for the route; it changes with what the session may do. */
let shown = null;

session.on("changed", () => {
  if (!shown || !session.kind) return;
  replace(shown.pages, navigation(shown.route));
  shown.who.replaceWith((shown.who = who()));
});

/** The page of somebody who is signed in: beside the navigation. */
function inside(route, main) {
  shown = { route, pages: element("div", { class: "nav-pages" }, navigation(route)), who: who() };
  const foot = element("div", { class: "nav-foot" }, shown.who, themes());
  const sidebar = element("nav", { id: "navigation", "aria-label": "Pages" }, shown.pages, foot);
  const menu = element("button", { type: "button", class: "menu", "aria-expanded": "false", "aria-controls": "navigation" }, "Menu");
  const toggle = (open) => {
    menu.setAttribute("aria-expanded", String(open));
    sidebar.classList.toggle("open", open);
  };
  menu.addEventListener("click", () => toggle(menu.getAttribute("aria-expanded") !== "true"));
  sidebar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    menu.focus();
  });
  // A link to the page that is shown changes nothing in the address.
  sidebar.addEventListener("click", (event) => event.target instanceof HTMLAnchorElement && toggle(false));
  return element("div", { class: "inside" }, element("header", { class: "bar" }, brand(), menu), sidebar, main);
}

function outside(main) {
  shown = null;
  return element("div", { class: "outside" }, element("header", { class: "bar" }, brand(), themes()), main);
}

export const shell = {
  /** An empty page in its frame. */
  page(route) {
    const heading = element("h1", { tabindex: "-1" });
    const tools = element("div", { class: "page-actions" });
    const content = element("div", { class: "page-body", "aria-busy": "true" });
    const main = element("main", { id: "main" }, element("div", { class: "page-head" }, heading, tools), content);
    const skip = button("Skip to the content", () => heading.focus(), { tone: "skip" });
    replace(root(), skip, session.kind ? inside(route, main) : outside(main));
    scrollTo(0, 0);
    return {
      root: content,
      /** Puts buttons beside the heading. */
      actions: (...nodes) => replace(tools, nodes),
      heading(text) {
        heading.textContent = text;
        document.title = `${text} · Tenon`;
      },
      focus: () => heading.focus({ preventScroll: true }),
      ready: () => content.removeAttribute("aria-busy"),
    };
  },
};
