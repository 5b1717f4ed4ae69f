/** Elements, made by calls. Nothing here takes markup, so that no text of a server or a person can become one. */

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Attributes that begin with `on` are listeners; `true` is an empty attribute; `false`, `null` and `undefined` are none.
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function drawing(tag, attributes, ...children) {
  return fill(/** @type {any} */ (document.createElementNS(SVG, tag)), attributes, children);
}

/**
 * Puts these children in the place of those that are there.
 * @param {Element} parent
 * @param {...Child} children
 */
export function replace(parent, ...children) {
  parent.replaceChildren(...flat(children));
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in node) node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...flat(children));
  return node;
}

/** @returns {(Node | string)[]} */
function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

let last = 0;

/** An id that no other element has. */
export function fresh(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/**
 * A button; `tone` is `primary`, `danger`, `plain` or nothing.
 * @param {string} label
 * @param {(event: Event) => void} onclick
 * @param {{tone?: string, describe?: string} & Record<string, any>} [options] `describe` is its whole name for those who do not see around it
 */
export function button(label, onclick, { tone, describe, ...attributes } = {}) {
  const classes = tone ? `button ${tone}` : "button";
  return element("button", { type: "button", class: classes, "aria-label": describe, onclick, ...attributes }, label);
}
