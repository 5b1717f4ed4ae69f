import Ajv from "ajv";
import express from "express";
import * as schemas from "./schemas.mjs";
import * as store from "./store.mjs";

const ajv = new Ajv({ coerceTypes: true, useDefaults: true, formats: { uuid: true, "date-time": true } });
const app = express();
app.disable("x-powered-by");
app.use(express.json({ limit: "1mb" }));

const signedIn = (request, response, next) => {
  request.owner = store.authenticate(request.headers.authorization);
  if (!request.owner) return response.status(401).json({ error: "Invalid or expired token" });
  next();
};

const body = (schema) => {
  const valid = ajv.compile(schema);
  return (request, response, next) =>
    valid(request.body) ? next() : response.status(400).json({ error: valid.errors });
};

app.get("/api/health", (_request, response) => response.json({ status: "healthy" }));

app.post("/api/auth/register", body(schemas.credentials), async (request, response) => {
  response.status(201).json(await store.register(request.body));
});

app.post("/api/auth/login", body(schemas.credentials), async (request, response) => {
  const session = await store.login(request.body);
  if (!session) return response.status(401).json({ error: "Wrong email or password" });
  response.json(session);
});

app.get("/api/assets/:id", signedIn, async (request, response) => {
  const asset = await store.findAsset(request.owner, request.params.id);
  if (!asset) return response.status(404).json({ error: "Asset not found" });
  response.set("ETag", store.tagOf(asset)).json(asset);
});

app.patch("/api/assets/:id", signedIn, body(schemas.assetChanges), async (request, response) => {
  const tag = request.get("If-Match");
  if (!tag) return response.status(428).json({ error: "If-Match is missing" });
  const asset = await store.updateAsset(request.owner, request.params.id, tag, request.body);
  if (!asset) return response.status(asset === null ? 412 : 404).json({ error: "Another version, or none" });
  response.set("ETag", store.tagOf(asset)).json(asset);
});

const validQuery = ajv.compile(schemas.listQuery);
app.get("/api/assets", signedIn, async (request, response) => {
  const query = { ...request.query };
  if (!validQuery(query)) return response.status(400).json({ error: validQuery.errors });
  response.json(await store.listAssets(request.owner, query.limit, query.cursor));
});

app.post("/api/assets", signedIn, body(schemas.newAsset), async (request, response) => {
  const asset = await store.createAsset(request.owner, request.body);
  response.status(201).location(`/api/assets/${asset.id}`).json(asset);
});

await store.prepareSchema();
app.listen(Number(process.env.PORT), "127.0.0.1");
