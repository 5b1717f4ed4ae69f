// Handlers run apart from the file that registers them, so what they share is a module.
module.exports = {
  full: (app) => {
    const writer = app.nonconcurrentDB();
    writer.newQuery("PRAGMA synchronous = FULL").execute();
    const inForce = new DynamicModel({ synchronous: 0 });
    writer.newQuery("PRAGMA synchronous").one(inForce);
    if (inForce.synchronous !== 2) throw new Error(`PRAGMA synchronous is ${inForce.synchronous}`);
  },
};
