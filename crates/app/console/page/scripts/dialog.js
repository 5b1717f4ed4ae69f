/** Dialogs. The browser keeps the focus inside, and gives it back. */

import { button, element, fresh } from "./dom.js";

/**
 * Opens a dialog and waits for its end.
 * @template T
 * @param {string} title
 * @param {(close: (result?: T) => void) => import("./dom.js").Child} content
 * @param {{wide?: boolean}} [options]
 * @returns {Promise<T | undefined>} what it was closed with; nothing when it was left
 */
export function open(title, content, { wide = false } = {}) {
  return new Promise((resolve) => {
    let result;
    const close = (value) => {
      result = value;
      dialog.close();
    };
    const id = fresh("dialog");
    const heading = element("h2", { id }, title);
    const leave = button("×", () => close(), { tone: "plain", describe: "Close" });
    const dialog = /** @type {HTMLDialogElement} */ (
      element(
        "dialog",
        {
          class: wide ? "wide" : null,
          "aria-labelledby": id,
          onclose: () => {
            dialog.remove();
            resolve(result);
          },
        },
        element("header", null, heading, leave),
        element("div", { class: "dialog-body" }, content(close)),
      )
    );
    document.body.append(dialog);
    dialog.showModal();
    const first = dialog.querySelector("[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea");
    if (first instanceof HTMLElement) first.focus();
  });
}

/**
 * Asks before something that cannot be taken back.
 * @param {{title: string, text: string, action: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export async function confirm({ title, text, action, danger = true }) {
  const agreed = await open(title, (close) => [
    element("p", null, text),
    element(
      "div",
      { class: "dialog-actions" },
      button("Cancel", () => close(false), { autofocus: true }),
      button(action, () => close(true), { tone: danger ? "danger" : "primary" }),
    ),
  ]);
  return agreed === true;
}
