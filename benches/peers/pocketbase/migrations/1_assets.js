// The same asset as Tenon's, owner-scoped by rules, with the index that its newest-first listing needs and, where the work is to
// be equal, those of the other orders and filters that Tenon has indexes for.
migrate((app) => {
  const indexes = ["CREATE INDEX idx_assets_owner_created ON assets (owner, created DESC, id DESC)"];
  if ($os.getenv("BENCH_POCKETBASE") === "equal") {
    indexes.push("CREATE INDEX idx_assets_owner_updated ON assets (owner, updated, id)");
    indexes.push("CREATE INDEX idx_assets_owner_title ON assets (owner, title, id)");
    indexes.push("CREATE INDEX idx_assets_owner_category ON assets (owner, category, id)");
  }
  const users = app.findCollectionByNameOrId("users");
  const assets = new Collection({
    type: "base",
    name: "assets",
    listRule: "owner = @request.auth.id",
    viewRule: "owner = @request.auth.id",
    createRule: "owner = @request.auth.id",
    updateRule: "owner = @request.auth.id",
    deleteRule: "owner = @request.auth.id",
    fields: [
      { type: "relation", name: "owner", required: true, maxSelect: 1, collectionId: users.id, cascadeDelete: true },
      { type: "text", name: "title", required: true, min: 1, max: 200 },
      { type: "text", name: "description", max: 10000 },
      { type: "text", name: "category", max: 100 },
      { type: "select", name: "status", required: true, maxSelect: 1, values: ["draft", "active", "archived"] },
      { type: "json", name: "tags", maxSize: 4096 },
      { type: "json", name: "attributes", maxSize: 16384 },
      { type: "autodate", name: "created", onCreate: true },
      { type: "autodate", name: "updated", onCreate: true, onUpdate: true },
    ],
    indexes,
  });
  app.save(assets);

  const settings = app.settings();
  settings.rateLimits.enabled = false;
  // As it ships, PocketBase keeps a log line of every request in its second database for five days.
  if ($os.getenv("BENCH_POCKETBASE_LOGS") === "off") settings.logs.maxDays = 0;
  app.save(settings);
});
