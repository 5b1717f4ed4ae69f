/** How the installation does, and what happened last. */

import { raw } from "../api.js";
import { chart } from "../chart.js";
import { element, replace } from "../dom.js";
import { badge, compact, duration, moment, number, shortId } from "../format.js";
import { list, pagesOf } from "../list.js";
import { every } from "../pace.js";
import { parse, rate, sum } from "../metrics.js";
import { Problem, panel } from "../problem.js";
import { cluster } from "./cluster.js";

export const title = "Overview";

/** From one reading to the next, in milliseconds. Neither health nor metrics counts against a limit. */
const PAUSE = 2000;

/** From one look at what happened to the next, which does count. */
const REST = 5000;

const RATES = [
  ["Requests", "tenon_http_requests_total"],
  ["Events delivered", "tenon_socket_events_out_total"],
  ["Events heard", "tenon_socket_events_in_total"],
];

/** @param {HTMLElement} root */
export async function show(root, { api, session }) {
  const health = element("div", { class: "panel" });
  const charts = element("div", { class: "tiles" });
  const rest = element("div", { class: "page-body" });
  replace(root, health, element("section", { "aria-label": "In the last minutes" }, charts), rest);
  const live = throughput(charts);
  let over = false;

  const look = async () => {
    try {
      const [well, metrics] = await Promise.all([raw("/api/health", {}), raw("/metrics", {})]);
      if (over) return;
      if (!well.body.services) throw new Problem(well.status, well.body);
      replace(health, state(well.body));
      live(well.body, parse(metrics.body));
    } catch (error) {
      if (!over) replace(health, panel(Problem.of(error)));
    }
  };
  await look();
  const stop = every(PAUSE, look);
  const endRest = session.kind === "operator" ? cluster(rest, api) : activity(rest, api, session);
  return () => {
    over = true;
    stop();
    endRest();
  };
}

function state(health) {
  const { services, webhooks } = health;
  const healthy = health.status === "healthy";
  const fact = (name, value) => element("div", null, element("dt", null, name), element("dd", null, value));
  const service = ({ status, latencyMs }) => [
    badge(status, { up: "good", down: "bad" }[status]),
    latencyMs !== undefined && ` ${number(latencyMs)} ms`,
  ];
  return element(
    "dl",
    { class: "health" },
    fact("This instance", badge(healthy ? "healthy" : health.status, healthy ? "good" : "bad")),
    fact("Database", service(services.database)),
    fact("Redis", service(services.redis)),
    services.redis.rateLimits === "process" && fact("Limits", badge("counted in this process alone", "warn")),
    webhooks && fact("Graph's webhook", badge(webhooks.graph.status, webhooks.graph.status === "ok" ? "good" : "warn")),
    fact("Up for", duration(health.uptime)),
    fact("Version", health.version),
  );
}

/** The charts, which are made when their numbers are there. */
function throughput(place) {
  const made = new Map();
  const put = (label, value, unit) => {
    if (value === null) return;
    if (!made.has(label)) {
      const one = chart({ label, show: compact });
      made.set(label, one);
      place.append(one.node);
    }
    made.get(label).push(value, unit);
  };
  const rates = RATES.map(([label, name]) => [label, name, rate()]);
  return (health, samples) => {
    for (const [label, name, faster] of rates) {
      const total = sum(samples, name);
      const now = faster(total);
      put(label, total !== null && now === null ? 0 : now, "a second");
    }
    put("Open sockets", sum(samples, "tenon_sockets"));
    for (const [queue, depth] of Object.entries(health.queues)) {
      const jobs = depth.waiting + depth.running;
      const unit = jobs === 1 ? "job" : "jobs";
      put(`Queue ${queue}`, jobs, depth.dead ? `${unit}, ${compact(depth.dead)} dead` : unit);
    }
  };
}

/** What an activity is about, in words. */
function about(item) {
  const thing = ["asset", "site", "unit", "member", "session", "notification"].find((name) => item[name]);
  if (!thing) return item.organization ? "the organization" : "";
  const id = item[thing].id ?? item[thing].userId;
  if (thing === "asset" && !item.event.endsWith("deleted")) return ["asset ", element("a", { href: `#/assets/${id}` }, shortId(id))];
  return [`${thing} `, shortId(id)];
}

function activity(place, api, session) {
  const feed = list({
    label: "Activity",
    limit: 10,
    load: pagesOf(api, `/api/orgs/${session.organization.id}/activity`),
    columns: [
      { label: "What", kind: "main", show: (item) => element("code", null, item.event) },
      { label: "About", show: about },
      { label: "By", show: (item) => (item.by === session.user.id ? "you" : item.by ? shortId(item.by) : "the server") },
      { label: "When", show: (item) => moment(item.at) },
    ],
    empty: ["Nothing has happened yet. ", element("a", { href: "#/assets" }, "Create the first asset.")],
  });
  replace(place, element("section", null, element("h2", { class: "section" }, "What happened in ", session.organization.name), feed.node));
  feed.reload();
  return every(REST, feed.reload);
}
