/** Sites, and the units of each. */

import { button, element, replace } from "../dom.js";
import { moment, shortId } from "../format.js";
import { list, pagesOf } from "../list.js";
import { create, remove, rename } from "./names.js";

export const title = "Sites and units";

/** @param {HTMLElement} root */
export async function show(root, { api, session, notify, actions }) {
  const base = `/api/orgs/${session.organization.id}`;
  let chosen = null;
  const acting = (act, after) => () =>
    act().then((done) => done && after(done), notify.error);

  const columns = (path, kind, listing, warning) => [
    { label: "Id", show: (item) => shortId(item.id) },
    { label: "Changed", show: (item) => moment(item.updatedAt) },
    {
      label: "Actions",
      kind: "actions",
      show: (item) =>
        session.isAdmin && [
          button("Rename", acting(() => rename(api, `${path}/${item.id}`, item, `Rename the ${kind}`), () => listing().reload()), { describe: `Rename ${item.name}` }),
          button("Delete", acting(() => remove(api, `${path}/${item.id}`, item, warning), () => listing().reload()), { describe: `Delete ${item.name}`, tone: "warning" }),
        ],
    },
  ];

  const sites = list({
    label: "Sites",
    count: true,
    load: pagesOf(api, `${base}/sites`),
    columns: [
      { label: "Name", kind: "main", show: (item) => button(item.name, () => choose(item), { tone: "quiet", "aria-pressed": String(chosen?.id === item.id) }) },
      ...columns(`${base}/sites`, "site", () => sites, "A site with units or assets is not deleted: move them first."),
    ],
    empty: "There are no sites yet. A site is a place of the organization, such as a building; it has a room of its own for events.",
  });
  const units = list({
    label: "Units",
    count: true,
    load: pagesOf(api, `${base}/units`, () => ({ siteId: chosen?.id })),
    columns: [{ label: "Name", kind: "main", show: (item) => item.name }, ...columns(`${base}/units`, "unit", () => units, "A unit with assets is not deleted: move them first.")],
    empty: "This site has no units yet. A unit is a part of a site, such as a hall.",
  });

  const heading = element("h2", { tabindex: "-1" });
  const tools = element("div");
  const below = element("section", { hidden: true, "aria-label": "Units" }, element("div", { class: "panel-head" }, heading, tools), units.node);
  async function choose(site) {
    chosen = site;
    below.hidden = false;
    heading.textContent = `Units of ${site.name}`;
    replace(tools, session.isAdmin && button("New unit", acting(() => create(api, `${base}/units`, `New unit of ${site.name}`, { siteId: site.id }), () => units.restart())));
    await units.restart();
    await sites.reload();
    heading.focus();
  }

  if (session.isAdmin) actions(button("New site", acting(() => create(api, `${base}/sites`, "New site"), () => sites.restart()), { tone: "primary" }));
  replace(root, sites.node, below);
  await sites.reload();
}
