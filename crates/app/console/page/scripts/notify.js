/** Notices in the corner, which are read out as well. */

import { button, element } from "./dom.js";
import { Problem, words } from "./problem.js";

/** How long a good word stays, in milliseconds. A problem stays until it is put away. */
const STAYS = 6000;

const corner = () => document.getElementById("notices");

function show(tone, content, role) {
  const away = button("×", () => notice.remove(), { tone: "plain", describe: "Put this notice away" });
  const notice = element("div", { class: `notice ${tone}`, role }, element("div", { class: "notice-words" }, content), away);
  corner().append(notice);
  return notice;
}

export const notify = {
  /** @param {string} text */
  say(text) {
    const notice = show("good", element("p", null, text), "status");
    setTimeout(() => notice.remove(), STAYS);
  },
  /** Shows the server's words and the id of the request. @param {unknown} error */
  error(error) {
    const problem = Problem.of(error);
    // The session has ended then, which is said once.
    if (!problem.code.startsWith("token_")) show("bad", words(problem), "alert");
  },
  /** Takes all away. */
  clear() {
    corner().replaceChildren();
  },
};
