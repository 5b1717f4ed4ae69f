/** Why a request failed, in the server's words (RFC 9457). */

import { element } from "./dom.js";

export class Problem extends Error {
  /**
   * @param {number} status 0 when there was no answer
   * @param {{code?: string, title?: string, detail?: string, requestId?: string, fields?: {field: string, code: string, message: string}[]}} body
   */
  constructor(status, body) {
    super(body.detail ?? body.title ?? `Status ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "unknown";
    this.title = body.title ?? `The server answered ${status}`;
    this.detail = body.detail ?? "";
    this.requestId = body.requestId ?? null;
    this.fields = body.fields ?? [];
  }

  /** No answer came. */
  static unreachable() {
    return new Problem(0, {
      code: "unreachable",
      title: "The server cannot be reached",
      detail: "No answer came. It may be restarting, or this device may be offline.",
    });
  }

  /** Whatever was thrown, as a problem. */
  static of(error) {
    if (error instanceof Problem) return error;
    console.error(error);
    return new Problem(0, { code: "console", title: "The console made a mistake", detail: String(error?.message ?? error) });
  }
}

/** The words of a problem, and the id under which the server's log has it. @param {Problem} problem */
export function words(problem) {
  const fields = problem.fields.map(({ field, message }) => element("li", null, element("code", null, field), ` ${message}`));
  return [
    element("p", { class: "problem-title" }, problem.title),
    problem.detail && problem.detail !== problem.title && element("p", null, problem.detail),
    fields.length > 0 && element("ul", null, fields),
    problem.requestId && element("p", { class: "request-id" }, "Request ", element("code", null, problem.requestId)),
  ];
}

/** A panel in place of what could not be shown. */
export function panel(problem, again) {
  return element("div", { class: "panel problem", role: "alert" }, words(problem), again);
}
