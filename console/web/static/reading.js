// Papers that come in or are read: the page changes as they do, and leads on when there is something to work on.

import { send } from "./base.js";
import { listen } from "./keys.js";
import { forgetTyped } from "./outbox.js";

const root = document.querySelector(".reading");
const { base } = root.dataset;
let stamp = root.dataset.stamp || "";
if (root.dataset.account) forgetTyped(root.dataset.account, "intake");

async function look() {
  try {
    const answer = await send("GET", `${base}/state?stamp=${encodeURIComponent(stamp)}`, undefined, { background: true });
    if (answer.status === 401) {
      const told = await answer.json();
      location.assign(`${told.where || "/sign-in"}?next=${encodeURIComponent(location.pathname)}`);
      return;
    }
    if (answer.status === 200) {
      const told = await answer.json();
      if (told.to) {
        location.replace(told.to);
        return;
      }
      if (told.state !== "reading" && told.papers) {
        location.reload();
        return;
      }
      stamp = told.stamp;
      for (const [name, html] of Object.entries(told.parts)) {
        const part = root.querySelector(`[data-part="${name}"]`);
        if (part && !part.contains(document.activeElement)) part.innerHTML = html;
      }
    }
  } catch {
    // The next look may reach it.
  }
  setTimeout(look, 500);
}

listen("intake", {
  scan: () => {
    const button = root.querySelector("[data-does=scan]");
    if (!button) return false;
    button.form.requestSubmit();
  },
  queue: () => location.assign("/"),
});
look();
