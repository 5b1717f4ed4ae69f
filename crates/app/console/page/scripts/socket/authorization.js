/** How a socket says who opens it. A page cannot set the headers of a handshake. */

const MARGIN = 60_000;

/**
 * With a ticket that is good once, so that no token stands in an address. A refused token is renewed by `api`, and whoever is signed
 * out hears that as a refusal of the request.
 * @param {{post: (path: string) => Promise<{body: {ticket: string}}>}} api
 */
export const byTicket = (api) => async () => {
  const { body } = await api.post("/api/ws/ticket");
  return { query: { ticket: body.ticket }, protocols: [] };
};

/**
 * With the access token among the subprotocols.
 * @param {() => string | Promise<string>} token
 */
export const bySubprotocol = (token) => async () => ({ query: {}, protocols: [`bearer.${await token()}`] });

/**
 * An access token that is good for a minute at least, as far as this clock tells.
 * @param {{token: () => string | null, refresh: () => Promise<boolean>}} session
 */
export const freshToken = (session) => async () => {
  const end = endOf(session.token() ?? "");
  // Without an answer the one that is there will do, as long as it does.
  if (end !== null && end - Date.now() < MARGIN) await session.refresh().catch(() => false);
  return session.token() ?? "";
};

/**
 * When an access token ends, in milliseconds since 1970; null when it does not say.
 * @param {string} token
 */
export function endOf(token) {
  try {
    const claims = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(claims));
    return Number.isFinite(exp) ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
