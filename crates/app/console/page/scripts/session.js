/**
 * Who is signed in. The access token is in memory and nowhere else; the refresh token is in the storage of this tab, so that a
 * reload does not sign out and closing the tab does. The operator has no refresh token, and signs in again after a reload.
 */

import { raw } from "./api.js";
import { Problem } from "./problem.js";

const STORED = "tenon.refresh";

/** Refresh tokens rotate, so tabs that one was copied into tell one another of the next. */
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("tenon.session") : null;

const events = new EventTarget();
let access = null;
let refreshing = null;
let state = empty();

function empty() {
  return { kind: null, user: null, organization: null, role: null, id: null };
}

/** Takes what login, register, refresh or switch answered. */
function take(body) {
  access = body.accessToken;
  state =
    body.role === "operator"
      ? { ...empty(), kind: "operator", role: "operator" }
      : { kind: "user", user: body.user, organization: body.organization, role: body.role, id: body.session ?? state.id };
  // Whoever was signed in here before is not the operator.
  if (state.kind === "operator") keep(null);
  if (body.refreshToken) {
    keep(body.refreshToken);
    tabs?.postMessage({ session: state.id, refreshToken: body.refreshToken });
  }
  tell("changed");
}

function keep(token) {
  if (token) sessionStorage.setItem(STORED, token);
  else sessionStorage.removeItem(STORED);
}

function tell(name, detail) {
  events.dispatchEvent(new CustomEvent(name, { detail }));
}

tabs?.addEventListener("message", ({ data }) => {
  if (!state.id || data.session !== state.id) return;
  if (data.refreshToken) keep(data.refreshToken);
  else session.end("You have signed out in another tab.");
});

async function renew() {
  const refreshToken = sessionStorage.getItem(STORED);
  if (!refreshToken) return false;
  const answer = await raw("/api/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refreshToken }),
  });
  if (answer.status === 401) {
    keep(null);
    return false;
  }
  // A server that is busy or about to stop ends no session.
  if (answer.status !== 200) throw new Problem(answer.status, answer.body ?? {});
  take(answer.body);
  return true;
}

export const session = {
  /** `user`, `operator`, or `null` when nobody is signed in. */
  get kind() {
    return state.kind;
  },
  get user() {
    return state.user;
  },
  get organization() {
    return state.organization;
  },
  /** `owner`, `admin`, `member`, `viewer` or `operator`. */
  get role() {
    return state.role;
  },
  /** The id of the session. */
  get id() {
    return state.id;
  },
  /** Whether the role allows what admins do. */
  get isAdmin() {
    return state.role === "owner" || state.role === "admin";
  },
  /** The access token; it is replaced when it is refused. */
  token: () => access,
  take,
  /**
   * Gets a new access token, once for all who ask at the same time.
   * @returns {Promise<boolean>} whether there is one
   */
  refresh() {
    refreshing ??= renew().finally(() => {
      refreshing = null;
    });
    return refreshing;
  },
  /** Changes what is shown of the user or the organization after it was changed. */
  amend(changes) {
    state = { ...state, ...changes };
    tell("changed");
  },
  /** Signs out here, and says why if there is something to say. */
  end(reason) {
    if (state.kind === null && access === null) return;
    const { id } = state;
    access = null;
    keep(null);
    state = empty();
    if (!reason) tabs?.postMessage({ session: id });
    tell("ended", reason);
  },
  /** Hears of `changed` and `ended`; answers what ends it. */
  on(name, listener) {
    const hear = (event) => listener(event.detail);
    events.addEventListener(name, hear);
    return () => events.removeEventListener(name, hear);
  },
};
