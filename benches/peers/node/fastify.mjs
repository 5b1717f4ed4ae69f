import Fastify from "fastify";
import * as schemas from "./schemas.mjs";
import * as store from "./store.mjs";

const app = Fastify({ logger: false, bodyLimit: 1048576 });

app.decorateRequest("owner", null);
const signedIn = async (request, reply) => {
  request.owner = store.authenticate(request.headers.authorization);
  if (!request.owner) return reply.code(401).send({ error: "Invalid or expired token" });
};

app.get("/api/health", async () => ({ status: "healthy" }));

app.post("/api/auth/register", { schema: { body: schemas.credentials } }, async (request, reply) => {
  reply.code(201);
  return store.register(request.body);
});

app.post("/api/auth/login", { schema: { body: schemas.credentials } }, async (request, reply) => {
  const session = await store.login(request.body);
  return session ?? reply.code(401).send({ error: "Wrong email or password" });
});

app.get(
  "/api/assets/:id",
  { onRequest: signedIn, schema: { params: schemas.assetParams, response: { 200: schemas.asset } } },
  async (request, reply) => {
    const asset = await store.findAsset(request.owner, request.params.id);
    if (!asset) return reply.code(404).send({ error: "Asset not found" });
    reply.header("etag", store.tagOf(asset));
    return asset;
  },
);

app.patch(
  "/api/assets/:id",
  {
    onRequest: signedIn,
    schema: { params: schemas.assetParams, body: schemas.assetChanges, response: { 200: schemas.asset } },
  },
  async (request, reply) => {
    const tag = request.headers["if-match"];
    if (!tag) return reply.code(428).send({ error: "If-Match is missing" });
    const asset = await store.updateAsset(request.owner, request.params.id, tag, request.body);
    if (!asset) return reply.code(asset === null ? 412 : 404).send({ error: "Another version, or none" });
    reply.header("etag", store.tagOf(asset));
    return asset;
  },
);

app.get(
  "/api/assets",
  { onRequest: signedIn, schema: { querystring: schemas.listQuery, response: { 200: schemas.assetPage } } },
  async (request) => store.listAssets(request.owner, request.query.limit, request.query.cursor),
);

app.post(
  "/api/assets",
  { onRequest: signedIn, schema: { body: schemas.newAsset, response: { 201: schemas.asset } } },
  async (request, reply) => {
    const asset = await store.createAsset(request.owner, request.body);
    reply.code(201).header("location", `/api/assets/${asset.id}`);
    return asset;
  },
);

await store.prepareSchema();
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
