// What the peers on Postgres share: the pool, named statements, tokens and passwords.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import pg from "pg";
import { v7 } from "uuid";
import { Announcer, recorded } from "./feed.mjs";
import { issue, recognize } from "./tokens.mjs";

const hash = promisify(scrypt);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 16) });

const columns = `id, owner_id as "ownerId", title, description, category, status, tags, attributes, version,
  created_at as "createdAt", updated_at as "updatedAt"`;

// What it does beside the least: `equal` keeps assets as Tenon does, `feed` tells of them as Tenon does.
const besides = (process.env.BESIDES ?? "").split(",").filter(Boolean);
const newId = besides.includes("equal") ? v7 : () => null;
const announcer = besides.includes("feed") ? new Announcer(pool) : null;
const announced = (asset) => announcer?.tell(asset) ?? asset;

/** A statement that changes an asset. */
const changing = (name, verb, text) => ({ name, text: announcer ? recorded(verb, text) : text });

export async function prepareSchema() {
  for (const name of ["schema", ...besides]) {
    await pool.query(readFileSync(new URL(`${name}.sql`, import.meta.url), "utf8"));
  }
  await announcer?.tellRest();
}

/** The user id that the `Authorization` header carries, or null. */
export function authenticate(header) {
  return header?.startsWith("Bearer ") ? recognize(header.slice(7)) : null;
}

function session(user) {
  return { accessToken: issue(user.id), user };
}

export async function register({ email, password, displayName }) {
  const salt = randomBytes(16);
  const stored = `${salt.toString("hex")}:${(await hash(password, salt, 32)).toString("hex")}`;
  const { rows } = await pool.query({
    name: "register",
    text: `insert into users (email, password, display_name) values ($1, $2, $3)
           returning id, email, display_name as "displayName"`,
    values: [email, stored, displayName ?? ""],
  });
  return session(rows[0]);
}

export async function login({ email, password }) {
  const { rows } = await pool.query({
    name: "login",
    text: `select id, email, display_name as "displayName", password from users where email = $1`,
    values: [email],
  });
  const [salt, expected] = (rows[0]?.password ?? `${"0".repeat(32)}:${"0".repeat(64)}`).split(":");
  const actual = await hash(password, Buffer.from(salt, "hex"), 32);
  if (!rows[0] || !timingSafeEqual(actual, Buffer.from(expected, "hex"))) return null;
  const { password: _, ...user } = rows[0];
  return session(user);
}

export async function findAsset(owner, id) {
  const { rows } = await pool.query({
    name: "find-asset",
    text: `select ${columns} from assets where id = $1 and owner_id = $2`,
    values: [id, owner],
  });
  return rows[0] ?? null;
}

const creation = changing(
  "create-asset",
  "created",
  `insert into assets (owner_id, title, description, category, status, tags, attributes, id)
   values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, gen_random_uuid())) returning ${columns}`,
);

export async function createAsset(owner, asset) {
  const { rows } = await pool.query({
    ...creation,
    values: [
      owner,
      asset.title,
      asset.description,
      asset.category,
      asset.status,
      JSON.stringify(asset.tags),
      asset.attributes,
      newId(),
    ],
  });
  return announced(rows[0]);
}

const update = changing(
  "update-asset",
  "updated",
  `update assets set title = coalesce($4, title), description = coalesce($5, description), version = version + 1,
     updated_at = clock_timestamp()
   where id = $1 and owner_id = $2 and version = $3 returning ${columns}`,
);

/** The asset after the change, null where it is another version than the tag says, undefined where there is none. */
export async function updateAsset(owner, id, tag, { title, description }) {
  const { rows } = await pool.query({
    ...update,
    values: [id, owner, /^"v(\d{1,18})"$/.exec(tag)?.[1] ?? 0, title, description],
  });
  if (rows[0]) return announced(rows[0]);
  return (await findAsset(owner, id)) ? null : undefined;
}

/** The entity tag of an asset's version. */
export function tagOf(asset) {
  return `"v${asset.version}"`;
}

export async function listAssets(owner, limit, cursor) {
  const first = { name: "list-assets", values: [owner, limit + 1] };
  first.text = `select ${columns} from assets where owner_id = $1 order by created_at desc, id desc limit $2`;
  const next = { name: "list-assets-after" };
  if (cursor) {
    const [createdAt, id] = Buffer.from(cursor, "base64url").toString().split("|");
    next.values = [owner, limit + 1, createdAt, id];
    next.text = `select ${columns} from assets where owner_id = $1 and (created_at, id) < ($3::timestamptz, $4::uuid)
                 order by created_at desc, id desc limit $2`;
  }
  const { rows } = await pool.query(cursor ? next : first);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : null;
  const nextCursor = last && Buffer.from(`${last.createdAt.toISOString()}|${last.id}`).toString("base64url");
  return { items, nextCursor };
}
