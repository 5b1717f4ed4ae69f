/** Forms that show at each field what the server has against it. */

import { button, element, fresh, replace } from "./dom.js";
import { Problem, words } from "./problem.js";

/**
 * @typedef {{
 *   name: string, label: string, kind?: "text" | "email" | "password" | "date" | "number" | "area" | "select" | "check",
 *   value?: any, hint?: string, required?: boolean, options?: [string, string][], autocomplete?: string, most?: number,
 *   rows?: number, minimum?: number, step?: string, placeholder?: string, wide?: boolean, pattern?: string,
 * }} Field
 */

/**
 * A form. `submit` gets the values by name; what it throws is shown.
 * @param {{fields: Field[], action: string, submit: (values: Record<string, any>) => Promise<void>, cancel?: () => void, danger?: boolean, aliases?: Record<string, string>}} options
 *   `aliases`: which field shows what the server says of a field of another name
 */
export function form({ fields, action, submit, cancel, danger = false, aliases = {} }) {
  const parts = new Map(fields.map((field) => [field.name, part(field)]));
  const told = element("div", { class: "form-problem" });
  const go = element("button", { type: "submit", class: `button ${danger ? "danger" : "primary"}` }, action);
  const values = () => Object.fromEntries([...parts].map(([name, { read }]) => [name, read()]));

  const show = (problem) => {
    const left = [];
    for (const fault of problem.fields) {
      const name = aliases[fault.field] ?? fault.field.split(/[.[]/)[0];
      const place = parts.get(name);
      if (place) place.complain(fault.message);
      else left.push(fault);
    }
    const rest = Object.assign(Object.create(problem), { fields: left });
    replace(told, element("div", { class: "problem inline", role: "alert" }, words(rest)));
    node.querySelector("[aria-invalid]")?.focus();
  };

  const onsubmit = async (event) => {
    event.preventDefault();
    for (const { complain } of parts.values()) complain(null);
    replace(told);
    go.disabled = true;
    go.setAttribute("aria-busy", "true");
    try {
      await submit(values());
    } catch (error) {
      show(Problem.of(error));
    } finally {
      go.disabled = false;
      go.removeAttribute("aria-busy");
    }
  };

  const node = element(
    "form",
    { class: "form", novalidate: false, onsubmit },
    element("div", { class: "fields" }, [...parts.values()].map(({ node }) => node)),
    told,
    element("div", { class: "form-actions" }, go, cancel && button("Cancel", cancel)),
  );
  return { node, values, show, set: (name, value) => parts.get(name)?.write(value), control: (name) => parts.get(name)?.control };
}

/** @param {Field} field */
function part(field) {
  const id = fresh("field");
  const [hintId, faultId] = [`${id}-hint`, `${id}-fault`];
  const control = input(field, id);
  const describe = (fault) => {
    const ids = [field.hint && hintId, fault && faultId].filter(Boolean);
    if (ids.length > 0) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
  };
  const fault = element("p", { class: "field-fault", id: faultId });
  const complain = (message) => {
    fault.textContent = message ?? "";
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    describe(message);
  };
  describe(null);
  const label = element("label", { for: id }, field.label, !field.required && field.kind !== "check" && field.kind !== "select" && element("span", { class: "optional" }, " optional"));
  const hint = field.hint && element("p", { class: "hint", id: hintId }, field.hint);
  const isCheck = field.kind === "check";
  const classes = `field${isCheck ? " check" : ""}${field.wide || field.kind === "area" ? " wide" : ""}`;
  return {
    control,
    complain,
    node: element("div", { class: classes }, isCheck ? [control, label] : [label, control], hint, fault),
    read: () => (isCheck ? control.checked : control.value),
    write: (value) => {
      if (isCheck) control.checked = Boolean(value);
      else control.value = value ?? "";
    },
  };
}

/** @param {Field} field @returns {any} */
function input(field, id) {
  const common = { id, name: field.name, required: field.required, autocomplete: field.autocomplete ?? "off" };
  const value = field.value ?? "";
  switch (field.kind) {
    case "area":
      return element("textarea", { ...common, rows: field.rows ?? 3, maxlength: field.most, value, spellcheck: "false" });
    case "select":
      return element(
        "select",
        { ...common, autocomplete: null, value: null },
        (field.options ?? []).map(([key, text]) => element("option", { value: key, selected: key === value }, text)),
      );
    case "check":
      return Object.assign(element("input", { id, name: field.name, type: "checkbox" }), { checked: Boolean(field.value) });
    default:
      return element("input", {
        ...common,
        type: field.kind ?? "text",
        value,
        maxlength: field.most,
        min: field.minimum,
        step: field.step,
        pattern: field.pattern,
        placeholder: field.placeholder,
        spellcheck: "false",
      });
  }
}
