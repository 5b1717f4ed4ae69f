/** Work that is done later: what waits, what runs, and what was given up and may be tried again. */

import { confirm } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { moment, number, shortId } from "../format.js";
import { list, pagesOf } from "../list.js";
import { every } from "../pace.js";
import { Problem, panel } from "../problem.js";

export const title = "Queues";

/** From one count to the next, in milliseconds. */
const PAUSE = 3000;

const STATES = [["dead", "Dead"], ["waiting", "Waiting"], ["running", "Running"]];

/** @param {HTMLElement} root */
export async function show(root, { api, notify, route, navigate }) {
  const chosen = { queue: route.query.queue ?? null, state: route.query.state ?? "dead" };
  let known = [];
  let over = false;
  const attempt = (act) => () => act().catch(notify.error);
  const path = () => `/api/queues/${encodeURIComponent(chosen.queue)}/jobs`;

  const jobs = list({
    label: "Jobs",
    count: true,
    load: (page) => pagesOf(api, path(), () => ({ state: chosen.state }))(page),
    columns: [
      { label: "Job", kind: "main", show: (item) => shortId(item.id) },
      { label: "About", show: (item) => element("code", { title: item.payload }, item.key ?? item.payload) },
      { label: "Attempts", kind: "number", show: (item) => item.attempts },
      { label: "Why it failed", show: (item) => (item.error ? element("span", { class: "error-text" }, item.error) : element("span", { class: "muted" }, "–")) },
      { label: "When", show: (item) => (item.deadAt ? ["given up ", moment(item.deadAt)] : ["due ", moment(item.dueAt)]) },
      {
        label: "Actions",
        kind: "actions",
        show: (item) =>
          item.state === "dead" && [
            button("Retry", attempt(() => retry(item)), { describe: `Retry the job ${item.id}` }),
            button("Discard", attempt(() => discard(item)), { tone: "warning", describe: `Discard the job ${item.id}` }),
          ],
      },
    ],
    empty: "There are no such jobs.",
  });

  async function retry(job) {
    await api.post(`${path()}/${job.id}/retry`);
    await Promise.all([jobs.reload(), count()]);
    notify.say("The job waits for a worker again.");
  }

  async function discard(job) {
    const text = `What it was to do will not be done. It was put in at ${new Date(job.enqueuedAt).toLocaleString()}.`;
    if (!(await confirm({ title: "Discard this job?", text, action: "Discard" }))) return;
    await api.delete(`${path()}/${job.id}`);
    await Promise.all([jobs.reload(), count()]);
    notify.say("The job is discarded.");
  }

  const tiles = element("div", { class: "tiles" });
  const told = element("div");
  async function count() {
    const { body } = await api.get("/api/queues");
    if (over) return;
    known = body.items;
    chosen.queue ??= (known.find(({ dead }) => dead > 0) ?? known[0])?.name ?? null;
    draw();
    replace(told);
  }

  /** In place, so that what has the focus keeps it. */
  function draw() {
    const made = new Map([...tiles.children].map((tile) => [tile.dataset.queue, tile]));
    for (const queue of known) {
      let tile = made.get(queue.name);
      if (!tile) {
        tile = element("button", { type: "button", class: "queue", "data-queue": queue.name, onclick: () => choose({ queue: queue.name }) });
        tiles.append(tile);
      }
      tile.setAttribute("aria-pressed", String(queue.name === chosen.queue));
      const part = (amount, text) => element("span", null, element("b", null, number(amount)), ` ${text}`);
      replace(tile, element("h2", null, queue.name), element("span", { class: "queue-counts" }, part(queue.waiting, "waiting"), part(queue.running, "running"), part(queue.dead, "dead")), element("span", { class: "muted small" }, queue.firstDueAt ? ["first due ", moment(queue.firstDueAt)] : "nothing waits"));
    }
  }

  const states = STATES.map(([state, label]) => element("button", { type: "button", "data-state": state, onclick: () => choose({ state }) }, label));
  function choose(change) {
    Object.assign(chosen, change);
    navigate(`/queues?${new URLSearchParams(chosen)}`, { quiet: true });
    draw();
    mark();
    return jobs.restart();
  }
  function mark() {
    for (const each of states) each.setAttribute("aria-pressed", String(each.dataset.state === chosen.state));
    heading.textContent = `Jobs of ${chosen.queue}`;
  }

  const heading = element("h2");
  const choice = element("div", { class: "choice", role: "group", "aria-label": "State" }, states);
  replace(root, told, tiles, element("section", null, element("div", { class: "panel-head" }, heading, choice), jobs.node));
  await count();
  mark();
  if (chosen.queue) await jobs.reload();

  const stop = every(PAUSE, () => count().catch((error) => !over && replace(told, panel(Problem.of(error)))));
  return () => {
    over = true;
    stop();
  };
}
