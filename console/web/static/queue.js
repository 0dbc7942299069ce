// The queue keeps itself fresh: it asks whether anything changed, and exchanges the list when it has. Whoever stands
// on a row stays on that row, or goes to the one that took its place.

import { kept } from "./kept.js";
import { listen } from "./keys.js";
import { rowsIn } from "./rows.js";
import { tell } from "./base.js";

const REFRESH_MS = 5_000;
const place = document.getElementById("queue");

const { links, current, keys } = rowsIn(place);

function nextView() {
  const tabs = [...place.querySelectorAll(".tabs a")];
  const at = tabs.findIndex((tab) => tab.hasAttribute("aria-current"));
  tabs[(at + 1) % tabs.length].click();
}

listen("queue", {
  ...keys,
  search: () => location.assign("/search"),
  next_view: nextView,
});

async function refresh() {
  if (document.hidden || document.body.classList.contains("locked")) return;
  const address = new URL(location.href);
  address.searchParams.set("part", "true");
  const headers = { "If-None-Match": place.querySelector(".list").dataset.etag, "X-Background": "1" };
  const answer = await fetch(address, { headers, credentials: "same-origin", cache: "no-store" });
  if (answer.status !== 200 || answer.redirected) return;
  exchange(await answer.text());
}

function exchange(html) {
  const before = links();
  const standing = current();
  const at = before.indexOf(standing);
  const tabAt = [...place.querySelectorAll(".tabs a, .actions a")].indexOf(document.activeElement);
  const scrolled = place.querySelector(".scroll")?.scrollLeft ?? 0;
  place.innerHTML = html;
  const scroll = place.querySelector(".scroll");
  if (scroll) scroll.scrollLeft = scrolled;
  if (standing) {
    const code = standing.dataset.code;
    const after = links();
    const same = after.find((link) => link.dataset.code === code);
    (same ?? after[Math.min(at, after.length - 1)])?.focus({ preventScroll: Boolean(same) });
    tell(same ? place.dataset.changed : place.dataset.settled.replace("{code}", code));
  } else if (tabAt >= 0) {
    [...place.querySelectorAll(".tabs a, .actions a")][tabAt]?.focus({ preventScroll: true });
  }
}

/** Dossiers whose changes wait in this browser: they go out when the dossier is opened. */
function sayWaiting() {
  const told = document.querySelector("[data-waits]");
  const prefix = `sohoa:changes:${told.dataset.account}:`;
  const codes = new Set(kept.stored(prefix).map((key) => key.slice(prefix.length).split(":")[0]));
  told.hidden = !codes.size;
  told.replaceChildren(told.dataset.waits);
  for (const code of [...codes].sort()) {
    const link = document.createElement("a");
    link.href = `/dossiers/${encodeURIComponent(code)}`;
    link.textContent = code;
    told.append(" ", link);
  }
}

sayWaiting();
setInterval(() => refresh().catch(() => {}), REFRESH_MS);
document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
