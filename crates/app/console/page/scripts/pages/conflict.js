/** When an asset has changed since it was read: yours beside theirs. */

import { open } from "../dialog.js";
import { button, element, fresh } from "../dom.js";
import { FIELDS } from "./asset-form.js";

/** Whether two values of a field are equal. */
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const some = (asset, keys) => Object.fromEntries(keys.map((key) => [key, asset[key]]));

/**
 * Asks which values shall stay. What only one side has changed is theirs or yours without a question.
 * @param {any} before What both began with.
 * @param {any} mine What was to be there after saving.
 * @param {any} theirs What is there now.
 * @param {import("./asset-place.js").Whereabouts} places
 * @returns {Promise<any | "theirs" | undefined>} what to save; `theirs` to take what is there; nothing to go on editing
 */
export function settle(before, mine, theirs, places) {
  const differ = (one, other) => ([keys]) => !same(some(one, keys), some(other, keys));
  const wanted = FIELDS.filter(differ(mine, before));
  const disputed = wanted.filter(differ(theirs, before)).filter(differ(theirs, mine));
  const others = FIELDS.filter(differ(theirs, before)).filter((field) => !disputed.includes(field));
  const choice = new Map(wanted.map(([, label]) => [label, "mine"]));
  const kept = () => Object.assign({}, ...wanted.filter(([, label]) => choice.get(label) === "mine").map(([keys]) => some(mine, keys)));

  return open(
    "Somebody has changed it meanwhile",
    (close) => [
      element("p", null, `It is at version ${theirs.version} now; you began with version ${before.version}. `, disputed.length > 0 ? "Choose what shall stay of the fields that both of you have changed." : "You have changed different fields, so both changes can stay."),
      disputed.length > 0 && table(disputed, { mine, theirs, places }, choice),
      others.length > 0 && element("p", { class: "muted" }, `Theirs besides: ${others.map(([, label]) => label.toLowerCase()).join(", ")}.`),
      element(
        "div",
        { class: "dialog-actions" },
        button("Go on editing", () => close()),
        button("Take theirs", () => close("theirs")),
        button("Save", () => close(kept()), { tone: "primary" }),
      ),
    ],
    { wide: true },
  ).then((agreed) => (agreed && agreed !== "theirs" && Object.keys(agreed).length === 0 ? "theirs" : agreed));
}

function table(fields, { mine, theirs, places }, choice) {
  const head = element("tr", null, ["Field", "Yours", "Theirs"].map((text) => element("th", { scope: "col" }, text)));
  const rows = fields.map(([, label, show]) => {
    const name = fresh("choice");
    const cell = (side, asset) =>
      element(
        "td",
        { "data-label": side === "mine" ? "Yours" : "Theirs" },
        element(
          "label",
          null,
          Object.assign(element("input", { type: "radio", name, value: side, "aria-label": `${label}: ${side === "mine" ? "yours" : "theirs"}`, onchange: () => choice.set(label, side) }), { checked: side === "mine" }),
          element("span", null, show(asset, places) || element("span", { class: "muted" }, "empty")),
        ),
      );
    return element("tr", null, element("th", { scope: "row" }, label), cell("mine", mine), cell("theirs", theirs));
  });
  return element("table", { class: "compare" }, element("thead", null, head), element("tbody", null, rows));
}
