/** How values are shown. */

import { button, element } from "./dom.js";

const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** The longest spans that are told in each unit, in seconds, and what the unit is. */
const UNITS = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86400, 3600, "hour"],
  [30 * 86400, 86400, "day"],
  [365 * 86400, 30 * 86400, "month"],
  [Infinity, 365 * 86400, "year"],
];

/** `3 minutes ago`, with the whole time when one points at it. @param {string | null} iso */
export function moment(iso) {
  if (!iso) return element("span", { class: "muted" }, "never");
  const at = new Date(iso);
  return element("time", { datetime: iso, title: ABSOLUTE.format(at) }, ago((at.getTime() - Date.now()) / 1000));
}

/** The whole time. @param {string} iso */
export function clock(iso) {
  return element("time", { datetime: iso, title: iso }, ABSOLUTE.format(new Date(iso)));
}

/** @param {number} seconds Less than zero: in the past. */
export function ago(seconds) {
  const [, unit, name] = UNITS.find(([most]) => Math.abs(seconds) < most);
  return RELATIVE.format(Math.trunc(seconds / unit), name);
}

/** `2 h 5 min`. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

/** @param {number} value */
export const number = (value) => NUMBER.format(value);

/** `12.3K`. @param {number} value */
export const compact = (value) => COMPACT.format(value);

/** The end of an id, which is what differs, with all of it when one points at it. @param {string | null} id */
export function shortId(id) {
  if (!id) return element("span", { class: "muted" }, "none");
  return element("code", { class: "id", title: id }, id.length > 12 ? `…${id.slice(-8)}` : id);
}

/** A word in a colored frame; `tone` is `good`, `bad`, `warn`, `info` or nothing. */
export function badge(text, tone) {
  return element("span", { class: tone ? `badge ${tone}` : "badge" }, text);
}

/** A text that is to be taken along, with a button that copies it. */
export function copyable(text, what) {
  const copied = element("span", { class: "muted", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.textContent = "Copied.";
    } catch {
      copied.textContent = "Mark it and copy it by hand: this browser does not let a page do it.";
    }
  };
  return element(
    "div",
    { class: "copyable" },
    element("code", { tabindex: "0" }, text),
    button("Copy", copy, { describe: `Copy ${what}` }),
    copied,
  );
}
