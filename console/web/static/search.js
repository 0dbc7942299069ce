// Results by keyboard: the same keys as in the queue.

import { listen } from "./keys.js";
import { rowsIn } from "./rows.js";

listen("search", {
  ...rowsIn(document).keys,
  search: () => document.getElementById("q").focus(),
  queue: () => location.assign("/"),
});
