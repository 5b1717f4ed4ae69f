/** How long the organization keeps messages. */

import { confirm } from "../dialog.js";
import { button, element, replace } from "../dom.js";
import { moment } from "../format.js";
import { form } from "../form.js";
import { Problem, panel } from "../problem.js";

const POLICIES = [
  ["keep", "For ever"],
  ["days", "For some days after they were sent"],
  ["acknowledged", "Until every device has acknowledged them"],
];

/** `for 30 days`, in the words of the choice. */
const told = ({ policy, days }) => (policy === "days" ? `For ${days} ${days === 1 ? "day" : "days"} after they were sent` : POLICIES.find(([name]) => name === policy)?.[1] ?? policy);

/** The section about it: admins change it, and everybody else reads it. */
export function retention(api, session, notify) {
  const base = `/api/orgs/${session.organization.id}`;
  const path = `${base}/message-retention`;
  const place = element("div", { class: "form" });

  async function reload() {
    try {
      draw(await api.get(path));
    } catch (error) {
      replace(place, panel(Problem.of(error), button("Try again", reload)));
    }
  }

  function draw({ body, etag }) {
    now.hidden = !session.isAdmin || body.policy === "keep";
    const since = element("p", { class: "muted" }, body.updatedAt ? ["Changed ", moment(body.updatedAt), "."] : "It was never changed.");
    replace(place, session.isAdmin ? edit(body, etag) : element("p", null, `${told(body)}.`), since);
  }

  function edit({ policy, days }, etag) {
    const fields = [
      { name: "policy", label: "Messages are kept", kind: "select", options: POLICIES, value: policy },
      { name: "days", label: "Days", kind: "number", minimum: 1, most: 4, step: "1", required: true, value: days ?? 30 },
    ];
    const made = form({ fields, action: "Save", submit: (values) => save(values, etag) });
    made.node.classList.add("columns");
    const [chosen, number] = [made.control("policy"), made.control("days")];
    const fit = () => {
      number.disabled = chosen.value !== "days";
      number.closest(".field").hidden = number.disabled;
    };
    chosen.addEventListener("change", fit);
    fit();
    return made.node;
  }

  async function save({ policy, days }, etag) {
    const wanted = { policy, ...(policy === "days" && { days: Number(days) }) };
    const text = `${told(wanted)}. What is kept no longer goes within minutes, for everybody, and nothing brings it back.`;
    if (policy !== "keep" && !(await confirm({ title: "Delete messages by this rule?", text, action: "Save" }))) return;
    try {
      draw(await api.put(path, wanted, { ifMatch: etag }));
      notify.say("How long messages are kept is changed.");
    } catch (problem) {
      if (problem.code !== "version_mismatch") throw problem;
      // Somebody else was faster: what they have said is shown, to begin with that.
      await reload();
      notify.error(problem);
    }
  }

  async function purge() {
    const text = "Otherwise this happens every five minutes. Nothing brings them back.";
    if (!(await confirm({ title: "Delete messages now?", text, action: "Delete now" }))) return;
    const { body } = await api.post(`${base}/messages/purge`);
    notify.say(body.purged === 1 ? "One message is deleted." : `${body.purged} messages are deleted.`);
  }

  const now = button("Delete what is kept no longer", () => purge().catch(notify.error), { tone: "warning", hidden: true });
  const head = element("div", { class: "panel-head" }, element("h2", null, `Messages of ${session.organization.name}`), now);
  return { node: element("section", { class: "panel", "aria-label": "Messages" }, head, place), reload };
}
