/** Messages with the members of the organization, encrypted in the browser. */

import { button, element } from "../dom.js";
import { Messenger } from "../messenger.js";
import { Names } from "../names.js";
import { Standing } from "../standing.js";
import { telling } from "../telling.js";
import { Conversation } from "./messages/conversation.js";
import { Conversations } from "./messages/conversations.js";

export const title = "Messages";

/**
 * @param {HTMLElement} root
 * @param {any} context
 */
export async function show(root, context) {
  const hindrance = hindered(context.session);
  if (hindrance !== null) {
    root.append(element("p", { class: "empty" }, hindrance));
    return undefined;
  }
  const page = new Messages(context);
  root.append(page.root);
  await page.begin(false);
  return () => page.end();
}

function hindered({ kind }) {
  if (kind !== "user") return "Messages belong to the members of an organization: sign in as one.";
  if (!globalThis.isSecureContext) return "A browser encrypts on pages that come by HTTPS or from this machine alone.";
  return null;
}

class Messages {
  #context;
  #names;
  #problem;
  #standing = new Standing();
  #columns = element("div", { class: "messages-columns" });
  #elsewhere = element("div", { class: "callout", role: "alert" });
  #messenger = null;
  #list;
  #open = null;
  #peer = null;
  #isOver = false;

  constructor(context) {
    this.#context = context;
    this.#problem = telling(context.notify);
    this.#names = new Names(context.api, context.session.organization.id);
    this.#elsewhere.hidden = true;
    this.root = element("div", { class: "messages" }, this.#standing.root, this.#elsewhere, this.#columns);
    this.root.addEventListener("click", (event) => this.#follow(event));
  }

  async begin(replace) {
    const { api, session } = this.#context;
    try {
      this.#messenger = await Messenger.open({ api, session, replace, tell: (told) => this.#hear(told) });
    } catch (error) {
      this.#columns.replaceChildren(element("p", { class: "empty" }, unusable(error)));
      if (error.name !== "NotSupportedError") this.#problem(error);
      return;
    }
    if (this.#isOver) return this.#messenger.close();
    this.#offerKey();
    this.#list = new Conversations({ api, messenger: this.#messenger, names: this.#names, me: session.user.id, problem: this.#problem });
    this.#columns.replaceChildren(this.#list.root);
    await this.show(this.#context.route.query.with ?? null);
  }

  /** Opens the conversation with somebody; none without one. */
  async show(peer) {
    this.#open?.end();
    this.#open = null;
    this.#peer = peer;
    this.#list?.choose(peer);
    this.#columns.dataset.open = String(peer !== null);
    if (peer === null || this.#messenger === null) return this.#columns.replaceChildren(this.#list?.root ?? "", nobody());
    const named = await this.#names.of(peer);
    if (this.#isOver || this.#peer !== peer) return undefined;
    this.#open = new Conversation({
      messenger: this.#messenger,
      peer: named,
      forbidden: this.#forbidden(),
      said: (message) => this.#list.said(message),
      problem: this.#problem,
    });
    this.#columns.replaceChildren(this.#list.root, this.#open.root);
    return this.#open.begin(await this.#list.isNew(peer));
  }

  end() {
    this.#isOver = true;
    this.#open?.end();
    this.#standing.end();
    this.#messenger?.close();
  }

  /** Goes from one conversation to another without leaving the page, so that the line stays open. */
  #follow(event) {
    const link = event.target.closest?.("a[data-conversation]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const peer = link.dataset.conversation || null;
    if (peer === this.#peer) return;
    history.pushState(null, "", link.getAttribute("href"));
    this.show(peer).then(() => this.#open?.focus(), this.#problem);
  }

  /** Why nothing can be written. */
  #forbidden() {
    if (this.#messenger.own.current === null) return "The key that others seal with is not in this browser.";
    if (this.#context.session.role === "viewer") return "Viewers receive messages and send none.";
    return null;
  }

  /** Somebody's key is elsewhere: they decide whether it is to be replaced. */
  #offerKey() {
    this.#elsewhere.hidden = this.#messenger.own.current !== null;
    if (this.#elsewhere.hidden) return;
    const replace = button("Use a new key here", async () => {
      replace.disabled = true;
      this.#messenger.close();
      await this.begin(true);
    });
    const words = "Your key was made in another browser or a terminal, and its private half is there alone. You can use a new one here: what is written from then on is read here, what was written before only there, and whoever compared safety numbers with you is told.";
    this.#elsewhere.replaceChildren(element("p", null, words), element("div", { class: "actions" }, replace));
  }

  #hear(told) {
    if (told.kind === "line") this.#standing.show(told.state);
    if (told.kind === "message") this.#list?.said(told.message);
    if (told.kind === "failed") this.#problem(told.error);
    this.#open?.hear(told);
  }
}

const nobody = () => element("section", { class: "panel conversation none" }, element("p", { class: "empty" }, "Choose a conversation, or write to somebody."));

/** @param {Error} error */
function unusable(error) {
  if (error.name === "NotSupportedError") return "This browser cannot agree on keys by X25519; a newer one can.";
  return "Messages cannot be shown now.";
}
