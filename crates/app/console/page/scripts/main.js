/** The console begins here. */

import { notify } from "./notify.js";
import { Problem } from "./problem.js";
import { navigate, remember, start } from "./router.js";
import { session } from "./session.js";

session.on("ended", (reason) => {
  if (reason) {
    remember();
    notify.error(new Problem(401, { title: reason }));
  }
  navigate("/sign-in", { replace: true });
});

/** Whoever was signed in before a reload still is. A server that does not answer now is asked again by the page. */
try {
  await session.refresh();
} catch {
  // The page that is shown says it.
}
await start();
