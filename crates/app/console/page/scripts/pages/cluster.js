/** The instances and the nodes, for the operator. */

import { element, replace } from "../dom.js";
import { badge, duration, moment, number, shortId } from "../format.js";
import { list } from "../list.js";
import { every } from "../pace.js";
import { Problem, panel } from "../problem.js";

/** From one reading to the next, in milliseconds: instances tell of themselves every five seconds. */
const PAUSE = 5000;

const service = (state) =>
  state ? [badge(state.status, state.status === "up" ? "good" : "bad"), state.latencyMs !== undefined && ` ${number(state.latencyMs)} ms`] : "not used";

const INSTANCES = [
  { label: "Instance", kind: "main", show: (item) => [shortId(item.id), item.self && " this one"] },
  { label: "Version", show: (item) => item.version },
  { label: "Up for", show: (item) => duration(item.uptimeSeconds) },
  { label: "Sockets", kind: "number", show: (item) => number(item.sockets) },
  { label: "Rooms", kind: "number", show: (item) => number(item.rooms) },
  { label: "Jobs", kind: "number", show: (item) => number(item.jobs) },
  { label: "Database", show: (item) => service(item.database) },
  { label: "Redis", show: (item) => service(item.redis) },
];

const NODES = [
  { label: "Node", kind: "main", show: (item) => item.name },
  { label: "Address", show: (item) => element("code", null, item.address) },
  {
    label: "State",
    show: (item) => {
      if (item.reachable === null) return badge("not tried yet");
      return item.reachable ? badge("reachable", "good") : [badge("unreachable", "bad"), ` ${item.error ?? ""}`];
    },
  },
  { label: "Latency", kind: "number", show: (item) => (item.latencyMs === null ? "–" : `${number(item.latencyMs)} ms`) },
  { label: "Since", show: (item) => moment(item.changedAt) },
];

/** Shows them and keeps them fresh, until what it answers is called. */
export function cluster(place, api) {
  let known = { instances: [], nodes: [] };
  const local = (name) => async () => ({ items: known[name] });
  const instances = list({ label: "Instances", columns: INSTANCES, load: local("instances"), limit: 1000 });
  const nodes = list({ label: "Nodes", columns: NODES, load: local("nodes"), limit: 1000, empty: "No nodes are configured: cluster.nodes names what this installation depends on." });
  const told = element("div");
  replace(place, told, element("section", null, element("h2", { class: "section" }, "Instances"), instances.node), element("section", null, element("h2", { class: "section" }, "Nodes"), nodes.node));
  let over = false;
  const look = async () => {
    try {
      const { body } = await api.get("/api/cluster");
      if (over) return;
      known = body;
      replace(told);
      await Promise.all([instances.reload(), nodes.reload()]);
    } catch (error) {
      if (!over) replace(told, panel(Problem.of(error)));
    }
  };
  look();
  const stop = every(PAUSE, look);
  return () => {
    over = true;
    stop();
  };
}
