// Accounts in memory, and the server that has them register and log in, for the peers that speak over sockets.
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { issue } from "./tokens.mjs";

const accounts = new Map();

function register({ email, password }) {
  const salt = randomBytes(16);
  const user = { id: randomUUID(), email };
  accounts.set(email, { user, salt, hash: scryptSync(password, salt, 32) });
  return user;
}

function login({ email, password }) {
  const account = accounts.get(email);
  if (!account || !timingSafeEqual(account.hash, scryptSync(password, account.salt, 32))) return null;
  return { accessToken: issue(account.user.id), user: account.user };
}

async function answer(request) {
  if (request.url === "/api/health") return [200, { status: "healthy" }];
  let text = "";
  for await (const chunk of request) text += chunk;
  if (request.url === "/api/auth/register") return [201, register(JSON.parse(text))];
  const session = request.url === "/api/auth/login" ? login(JSON.parse(text)) : null;
  return session ? [200, session] : [401, { error: "Wrong email or password" }];
}

export const http = createServer(async (request, response) => {
  const [status, body] = await answer(request);
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
});
