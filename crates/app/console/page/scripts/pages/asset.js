/** One asset: read, changed, deleted. */

import { confirm } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { clock, shortId } from "../format.js";
import { assetForm } from "./asset-form.js";
import { Whereabouts } from "./asset-place.js";
import { same, settle } from "./conflict.js";

export const title = "Asset";

/** @param {HTMLElement} root */
export async function show(root, { api, session, route, navigate, notify, actions, heading }) {
  const path = `/api/assets/${route.params.asset}`;
  const canWrite = session.role !== "viewer";

  /** Shows a version of it. */
  async function draw({ body: asset, etag }) {
    const places = await Whereabouts.of(api, session.organization.id, asset);
    heading(asset.title);
    const save = async (values) => {
      const changes = Object.fromEntries(Object.entries(values).filter(([key, value]) => !same(value, asset[key])));
      if (Object.keys(changes).length === 0) return notify.say("Nothing has changed.");
      const saved = await change({ body: asset, etag }, changes, places);
      if (!saved) return undefined;
      await draw(saved);
      return notify.say(`Saved as version ${saved.body.version}.`);
    };
    const edit = element("section", { class: "panel", "aria-label": "Fields" }, assetForm(asset, places, { action: "Save", submit: save }).node);
    if (!canWrite) for (const control of edit.querySelectorAll("input, select, textarea, button")) control.disabled = true;
    replace(root, element("p", null, element("a", { href: "#/assets" }, "All assets")), element("div", { class: "beside" }, edit, facts(asset)));
  }

  /** Changes it on the condition that nobody else has meanwhile; if somebody has, asks what shall stay. */
  async function change(before, changes, places) {
    try {
      return await api.patch(path, changes, { ifMatch: before.etag });
    } catch (problem) {
      if (problem.code !== "version_mismatch") throw problem;
      const current = await api.get(path);
      const agreed = await settle(before.body, { ...before.body, ...changes }, current.body, places);
      if (agreed === "theirs") {
        await draw(current);
        return null;
      }
      return agreed ? change(current, agreed, places) : null;
    }
  }

  async function remove() {
    const current = await api.get(path);
    const text = `${current.body.title} will be gone for everybody, and nothing brings it back.`;
    if (!(await confirm({ title: "Delete this asset?", text, action: "Delete" }))) return;
    await api.delete(path, { ifMatch: current.etag });
    notify.say(`${current.body.title} is deleted.`);
    navigate("/assets");
  }

  if (canWrite) actions(button("Delete", () => remove().catch(notify.error), { tone: "warning" }));
  await draw(await api.get(path));
}

function facts(asset) {
  const fact = (name, ...values) => [element("dt", null, name), element("dd", null, values)];
  return element(
    "section",
    { class: "panel", "aria-label": "About it" },
    element(
      "dl",
      { class: "facts" },
      fact("Id", element("code", null, asset.id)),
      fact("Version", asset.version),
      fact("Owner", shortId(asset.ownerId)),
      fact("Site", shortId(asset.siteId)),
      fact("Unit", shortId(asset.unitId)),
      fact("Created", clock(asset.createdAt)),
      fact("Changed", clock(asset.updatedAt)),
    ),
  );
}
