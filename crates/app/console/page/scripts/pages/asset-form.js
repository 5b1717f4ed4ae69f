/** The form of an asset, and how its fields are written and read. */

import { element, replace } from "../dom.js";
import { form } from "../form.js";
import { Problem } from "../problem.js";

export const STATES = [["draft", "Draft"], ["active", "Active"], ["archived", "Archived"]];

/** How many decimals an amount of this currency has. */
function decimals(currency) {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
  } catch {
    return 2;
  }
}

/** `€1,250.00`; nothing without a value. */
export function money(value) {
  if (!value) return "";
  const amount = value.amount / 10 ** decimals(value.currency);
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency: value.currency }).format(amount);
  } catch {
    return `${amount} ${value.currency}`;
  }
}

/** What people may change, in the order of the form: the keys of what is one thing to them, its label, and how it is shown in a comparison. */
export const FIELDS = [
  [["title"], "Title", ({ title }) => title],
  [["status"], "State", ({ status }) => status],
  [["category"], "Category", ({ category }) => category],
  [["tags"], "Tags", ({ tags }) => tags.join(", ")],
  [["siteId", "unitId"], "Site and unit", (asset, places) => placeOf(asset, places)],
  [["value"], "Value", ({ value }) => money(value)],
  [["acquiredOn"], "Acquired on", ({ acquiredOn }) => acquiredOn ?? ""],
  [["description"], "Description", ({ description }) => description],
  [["attributes"], "Attributes", ({ attributes }) => JSON.stringify(attributes, null, 2)],
];

/** The names of its site and its unit, once they are known; what they have is shown if they are gone meanwhile. */
function placeOf(asset, places) {
  if (!asset.siteId) return "";
  const shown = element("span", null, "…");
  places.name(asset).then((name) => replace(shown, name), () => replace(shown, asset.unitId ?? asset.siteId));
  return shown;
}

/** What the form says, as the API takes it. What cannot be read is thrown as the server would say it. */
function body(values) {
  const faults = [];
  const fault = (field, message) => faults.push({ field, code: "unreadable", message });
  const currency = values.currency.trim().toUpperCase();
  let value = null;
  if (values.amount !== "" || currency !== "") {
    const amount = Math.round(Number(values.amount) * 10 ** decimals(currency));
    if (values.amount === "" || !Number.isSafeInteger(amount)) fault("amount", "Must be a number.");
    if (!/^[A-Z]{3}$/.test(currency)) fault("currency", "Must be three letters, such as EUR.");
    value = { amount, currency };
  }
  let attributes = {};
  try {
    attributes = values.attributes.trim() === "" ? {} : JSON.parse(values.attributes);
    if (attributes === null || typeof attributes !== "object" || Array.isArray(attributes)) throw new Error("Must be a JSON object.");
  } catch (error) {
    fault("attributes", error.message);
  }
  if (faults.length > 0) throw new Problem(400, { title: "This cannot be read", fields: faults });
  return {
    title: values.title,
    status: values.status,
    ...(values.category.trim() && { category: values.category.trim() }),
    tags: values.tags.split(",").map((tag) => tag.trim()).filter(Boolean),
    siteId: values.siteId || null,
    unitId: values.unitId || null,
    value,
    acquiredOn: values.acquiredOn || null,
    description: values.description,
    attributes,
  };
}

/**
 * @param {any | null} asset What there is, or nothing for a new one.
 * @param {import("./asset-place.js").Whereabouts} places
 * @param {{action: string, submit: (body: any) => Promise<void>, cancel?: () => void}} options
 */
export function assetForm(asset, places, { action, submit, cancel }) {
  const amount = asset?.value ? asset.value.amount / 10 ** decimals(asset.value.currency) : "";
  const made = form({
    fields: [
      { name: "title", label: "Title", required: true, most: 200, value: asset?.title, wide: true },
      { name: "status", label: "State", kind: "select", options: STATES, value: asset?.status ?? "active" },
      { name: "category", label: "Category", value: asset?.category },
      { name: "tags", label: "Tags", value: asset?.tags.join(", "), hint: "Separated by commas." },
      { name: "acquiredOn", label: "Acquired on", kind: "date", value: asset?.acquiredOn },
      ...places.fields(),
      { name: "amount", label: "Value", kind: "number", step: "any", value: amount },
      { name: "currency", label: "Currency", most: 3, value: asset?.value?.currency, placeholder: "EUR" },
      { name: "description", label: "Description", kind: "area", most: 10000, rows: 4, value: asset?.description },
      { name: "attributes", label: "Attributes", kind: "area", rows: 5, value: asset && Object.keys(asset.attributes).length > 0 ? JSON.stringify(asset.attributes, null, 2) : "", hint: "A JSON object of your own fields." },
    ],
    action,
    aliases: { value: "amount", "value.amount": "amount", "value.currency": "currency" },
    submit: (values) => submit(body(values)),
    cancel,
  });
  made.node.classList.add("columns");
  made.control("attributes").classList.add("code");
  places.follow(made);
  return made;
}
