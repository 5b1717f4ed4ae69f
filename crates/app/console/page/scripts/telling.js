/** Shows what went wrong, whether a request was refused or something else than a request. */

import { Expected } from "./expected.js";
import { Problem } from "./problem.js";

/** @param {typeof import("./notify.js").notify} notify */
export const telling = (notify) => (error) =>
  notify.error(error instanceof Expected ? new Problem(0, { code: error.name, title: error.message }) : error);
