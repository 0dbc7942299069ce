// Results by keyboard: the same keys as in the queue.

import { listen } from "./keys.js";

const links = () => [...document.querySelectorAll("#found a[data-code]")];
const current = () => document.activeElement?.closest?.("#found a[data-code]");

function go(step) {
  const all = links();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
}

listen("search", {
  next_row: () => go(1),
  previous_row: () => go(-1),
  open_row: () => {
    const link = current();
    if (!link) return false;
    link.click();
  },
  search: () => document.getElementById("q").focus(),
  queue: () => location.assign("/"),
});
