// JSON schemas of the wire types: what a request may hold, and what fast serialization writes.
const fields = {
  title: { type: "string", minLength: 1, maxLength: 200 },
  description: { type: "string", maxLength: 10000 },
  category: { type: "string", maxLength: 100 },
  status: { type: "string", enum: ["draft", "active", "archived"] },
  tags: { type: "array", maxItems: 32, items: { type: "string", maxLength: 64 } },
  attributes: { type: "object", additionalProperties: true },
};

export const newAsset = {
  type: "object",
  additionalProperties: false,
  required: ["title", "description", "category", "status", "tags", "attributes"],
  properties: fields,
};

export const assetChanges = {
  type: "object",
  additionalProperties: false,
  properties: { title: fields.title, description: fields.description },
};

export const asset = {
  type: "object",
  properties: {
    id: { type: "string" },
    ownerId: { type: "string" },
    ...fields,
    version: { type: "integer" },
    createdAt: { type: "string", format: "date-time" },
    updatedAt: { type: "string", format: "date-time" },
  },
};

export const assetPage = {
  type: "object",
  properties: {
    items: { type: "array", items: asset },
    nextCursor: { type: ["string", "null"] },
  },
};

export const credentials = {
  type: "object",
  required: ["email", "password"],
  properties: {
    email: { type: "string", maxLength: 254 },
    password: { type: "string", minLength: 12, maxLength: 200 },
    displayName: { type: "string", maxLength: 100 },
  },
};

export const listQuery = {
  type: "object",
  properties: {
    limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    cursor: { type: "string" },
  },
};

export const assetParams = { type: "object", properties: { id: { type: "string", format: "uuid" } } };
