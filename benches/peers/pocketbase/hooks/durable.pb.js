// PocketBase opens its one writing connection with synchronous=NORMAL, where a commit is not synced, and has no setting for it. A
// pragma lasts as long as its connection. Go's pool closes a connection that has been idle for three minutes, which one that is
// asked each minute never is; should it be opened anew for another reason, it is durable again within a minute.
onBootstrap((e) => {
  e.next();
  require(`${__hooks}/synchronous.js`).full(e.app);
});

cronAdd("synchronous", "* * * * *", () => {
  require(`${__hooks}/synchronous.js`).full($app);
});
