/** What pages there are, for whom, and where they stand in the navigation. */

/**
 * @typedef {{path: string, load: () => Promise<any>, for: ("user" | "operator" | "anybody")[], label?: string, group?: string, under?: string, admins?: boolean}} Route
 */

/** @type {Route[]} Without a label it is not in the navigation; `under` is what is marked there instead. */
export const ROUTES = [
  { path: "/sign-in", for: ["anybody"], load: () => import("./pages/signing-in.js") },
  { path: "/register", for: ["anybody"], load: () => import("./pages/registering.js") },

  { path: "/", for: ["user", "operator"], label: "Overview", load: () => import("./pages/overview.js") },
  { path: "/rooms", for: ["user"], label: "Rooms", group: "Live", load: () => import("./pages/rooms.js") },
  { path: "/messages", for: ["user"], label: "Messages", group: "Live", load: () => import("./pages/messages.js") },
  { path: "/assets", for: ["user"], label: "Assets", group: "Inventory", load: () => import("./pages/assets.js") },
  { path: "/assets/{asset}", for: ["user"], under: "/assets", load: () => import("./pages/asset.js") },
  { path: "/places", for: ["user"], label: "Sites and units", group: "Inventory", load: () => import("./pages/places.js") },

  { path: "/members", for: ["user"], label: "Members", group: "Organization", load: () => import("./pages/members.js") },
  { path: "/organizations", for: ["user"], label: "Organizations", group: "Organization", load: () => import("./pages/organizations.js") },
  { path: "/api-keys", for: ["user"], admins: true, label: "API keys", group: "Organization", load: () => import("./pages/api-keys.js") },
  { path: "/credentials", for: ["user"], admins: true, label: "Credentials", group: "Organization", load: () => import("./pages/credentials.js") },
  { path: "/graph", for: ["user"], admins: true, label: "Microsoft Graph", group: "Organization", load: () => import("./pages/graph.js") },
  { path: "/audit", for: ["user"], admins: true, label: "Audit log", group: "Organization", load: () => import("./pages/audit.js") },
  { path: "/sessions", for: ["user"], label: "Account and devices", group: "You", load: () => import("./pages/sessions.js") },

  { path: "/queues", for: ["operator"], label: "Queues", group: "Installation", load: () => import("./pages/queues.js") },
  { path: "/users", for: ["operator"], label: "Users", group: "Installation", load: () => import("./pages/users.js") },
  { path: "/all-audit", for: ["operator"], label: "Audit log", group: "Installation", load: () => import("./pages/audit.js") },
];

/**
 * The route of a path such as `/assets/42`, with what stands in its places.
 * @returns {{route: Route, params: Record<string, string>} | null}
 */
export function match(path) {
  const parts = path.split("/");
  for (const route of ROUTES) {
    const wanted = route.path.split("/");
    if (wanted.length !== parts.length) continue;
    const params = {};
    const fits = wanted.every((part, number) => {
      if (!part.startsWith("{")) return part === parts[number];
      params[part.slice(1, -1)] = decodeURIComponent(parts[number]);
      return parts[number] !== "";
    });
    if (fits) return { route, params };
  }
  return null;
}
