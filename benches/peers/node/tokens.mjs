// Access tokens, the same in every peer.
import { createSecretKey, randomBytes } from "node:crypto";
import jwt from "jsonwebtoken";

// A KeyObject: given a plain string, `jsonwebtoken` builds the key anew at every verification.
const key = createSecretKey(randomBytes(32));

/** A token of 15 minutes for this user. */
export function issue(user) {
  return jwt.sign({}, key, { algorithm: "HS256", subject: user, expiresIn: "15m" });
}

/** The user id that the token carries, or null. */
export function recognize(token) {
  try {
    return jwt.verify(token, key, { algorithms: ["HS256"] }).sub;
  } catch {
    return null;
  }
}
