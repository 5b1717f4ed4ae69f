/** Making, renaming and deleting what has a name: sites, units, organizations. */

import { onceKeys } from "../api.js";
import { confirm, open } from "../dialog.js";
import { form } from "../form.js";

/** Asks for a name; `submit` gets it. Answers what `submit` does. */
export function askName(title, { value = "", action, label = "Name", more = [] }, submit) {
  return open(title, (close) => {
    const fields = [{ name: "name", label, required: true, most: 100, value }, ...more];
    return form({ fields, action, submit: async (values) => close(await submit(values)), cancel: () => close() }).node;
  });
}

/** Creates one at a path. @returns {Promise<any | undefined>} what was created */
export function create(api, path, title, more = {}) {
  const keyOf = onceKeys();
  return askName(title, { action: "Create" }, async ({ name }) => {
    const body = { name, ...more };
    return (await api.post(path, body, { idempotencyKey: keyOf(body) })).body;
  });
}

/** Renames one, at the version that was shown. @returns {Promise<any | undefined>} what it is now */
export function rename(api, path, item, title) {
  return askName(title, { action: "Rename", value: item.name }, async ({ name }) => (await api.patch(path, { name }, { ifMatch: `"v${item.version}"` })).body);
}

/** Deletes one after a question. @returns {Promise<boolean>} whether it is gone */
export async function remove(api, path, item, text) {
  if (!(await confirm({ title: `Delete ${item.name}?`, text, action: "Delete" }))) return false;
  await api.delete(path, { ifMatch: `"v${item.version}"` });
  return true;
}
