/** What happens in the organization's rooms, as it happens. */

import { element } from "../dom.js";
import { Names } from "../names.js";
import { byTicket, freshToken, Line } from "../socket.js";
import { Standing } from "../standing.js";
import { telling } from "../telling.js";
import { Choice } from "./rooms/choice.js";
import { Feed } from "./rooms/feed.js";
import { Places } from "./rooms/places.js";
import { Presence } from "./rooms/presence.js";
import { Publishing } from "./rooms/publishing.js";

export const title = "Rooms";

/**
 * @param {HTMLElement} root
 * @param {any} context
 */
export async function show(root, { api, session, notify }) {
  if (session.kind !== "user") {
    root.append(element("p", { class: "empty" }, "Rooms belong to an organization: sign in as a member of one."));
    return undefined;
  }
  const page = new Rooms(api, session, notify);
  root.append(page.root);
  return () => page.end();
}

class Rooms {
  #line;
  #problem;
  #feed;
  #places;
  #presence;
  #choice;
  #standing = new Standing();

  constructor(api, session, notify) {
    const names = new Names(api, session.organization.id);
    this.#problem = telling(notify);
    this.#feed = new Feed(names, (room) => this.#places.name(room));
    this.#places = new Places(api, session.organization, {
      listen: (room) => this.#listen(room),
      leave: (room) => this.#leave(room),
      problem: this.#problem,
    });
    this.#presence = new Presence(names, (room) => this.#line.ask("presence", { room }));
    this.#choice = new Choice((room, alone) => this.#chosen(room, alone));
    const publishing = new Publishing((event, data) => this.#line.ask("publish", { room: this.#choice.room, event, data }));
    const side = element("div", { class: "rooms-side" }, this.#choice.root, this.#presence.root, publishing.root);
    this.root = element("div", { class: "rooms" }, this.#standing.root);
    this.root.append(element("div", { class: "rooms-columns" }, this.#places.root, this.#feed.root, side));
    this.#line = new Line({
      authorize: byTicket(api),
      token: freshToken(session),
      hear: (frame) => this.#heard(frame),
      change: (state) => this.#standing.show(state),
    });
    this.#enter(`org:${session.organization.id}`);
  }

  end() {
    this.#line.close();
    this.#standing.end();
    this.#feed.end();
  }

  #heard(frame) {
    const words = {
      event: () => {
        this.#feed.event(frame);
        this.#places.heard(frame.room, frame.offset);
      },
      gap: () => {
        this.#feed.note("gap", frame.room, `Events were missed: the history does not reach back. It goes on after offset ${frame.offset}.`);
        this.#places.heard(frame.room, frame.offset);
      },
      welcome: () => frame.rooms.forEach((at) => this.#entered(at)),
      entered: () => this.#entered(frame),
      presence: () => this.#presence.changed(frame),
      lost: () => this.#lost(frame),
    };
    words[frame.type]?.();
  }

  #entered({ room, offset }) {
    this.#places.heard(room, this.#line.position(room)?.offset ?? offset);
    if (room === this.#presence.room) this.#follow(room);
  }

  #lost({ room, message }) {
    this.#feed.note("lost", room, message);
    this.#places.lost(room);
    this.#choice.remove(room);
  }

  #listen(room) {
    this.#enter(room);
    this.#line.subscribe(room).catch((error) => {
      // Without a connection it is entered with the next one; what is refused is told as lost.
      if (error.name !== "Cut" && error.name !== "Refused") this.#problem(error);
    });
  }

  #leave(room) {
    this.#choice.remove(room);
    this.#line.unsubscribe(room).catch(() => {});
  }

  #enter(room) {
    this.#choice.add(room, this.#places.name(room));
  }

  #chosen(room, alone) {
    this.#feed.show(alone ? room : "");
    if (this.#presence.room !== room) this.#follow(room);
  }

  #follow(room) {
    this.#presence.follow(room).catch(this.#problem);
  }
}
