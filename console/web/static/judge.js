// Verdicts by keyboard: D good, X faulty, 1 to 6 a common reason, arrows to the pages beside, Z larger pictures.
//
// While a person looks at a page the next one is fetched into memory (nothing of it goes into the browser's cache),
// so that it stands there at once after the verdict. Without this script the form does the same, a little slower.
import { send, tell } from "/static/base.js";
import { listen, SHORTCUTS } from "/static/keys.js";

SHORTCUTS.judge = [
  { keys: ["d"], does: "good" },
  { keys: ["x"], does: "bad" },
  { keys: ["1", "2", "3", "4", "5", "6"], does: "reason", shown: "1–6" },
  { keys: ["z"], does: "enlarge" },
  { keys: ["ArrowLeft", "["], does: "previous" },
  { keys: ["ArrowRight", "]"], does: "next" },
  { keys: ["q"], does: "back" },
  { keys: ["Escape"], does: "leave_field", always: true },
];

const screen = () => document.querySelector("[data-screen=judge]");
const form = () => document.getElementById("verdict");
const reason = () => document.getElementById("reason");
const go = (to) => (to ? (location.href = to) : false);
let coming = null;
let sending = false;

/** Fetch a page and its pictures into memory. */
async function fetchPage(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const pictures = [...page.querySelectorAll(".sides img")];
  await Promise.all(
    pictures.map(async (picture) => {
      const drawn = await fetch(picture.getAttribute("src"), { credentials: "same-origin" });
      if (drawn.ok) picture.src = URL.createObjectURL(await drawn.blob());
    }),
  );
  return page;
}

function prepare() {
  const zoom = document.getElementById("zoom");
  zoom.hidden = false;
  zoom.addEventListener("click", enlarge);
  document.getElementById("reasons")?.addEventListener("click", (event) => fillWith(event.target.closest("button")));
  form()?.addEventListener("submit", (event) => {
    event.preventDefault();
    say(event.submitter?.value ?? "good");
  });
  const next = screen().dataset.next;
  coming = next ? { address: next, page: fetchPage(next).catch(() => null) } : null;
}

async function show(address) {
  const page = coming?.address === address ? await coming.page : null;
  if (!page?.querySelector("[data-screen=judge]")) return go(address);
  for (const picture of document.querySelectorAll(".sides img")) URL.revokeObjectURL(picture.src);
  document.title = page.title;
  document.getElementById("content").replaceChildren(...page.getElementById("content").childNodes);
  history.pushState({}, "", address);
  prepare();
  const heading = document.querySelector("#content h1");
  heading.tabIndex = -1;
  heading.focus();
  scrollTo(0, 0);
}

async function say(said) {
  if (!form() || sending) return;
  if (said === "bad" && !reason().value.trim()) {
    reason().required = true;
    reason().focus();
    reason().reportValidity();
    return;
  }
  sending = true;
  try {
    const body = new FormData(form());
    body.set("said", said);
    const answer = await send("POST", form().action, body);
    const told = await answer.json();
    if (answer.ok) await show(told.next);
    else tell(told.error ?? String(answer.status));
  } catch {
    tell(screen().dataset.unsent);
  } finally {
    sending = false;
  }
}

function fillWith(button) {
  if (!button?.dataset.reason) return false;
  reason().value = button.dataset.reason;
  reason().focus();
}

function enlarge() {
  const large = document.getElementById("sides").classList.toggle("large");
  document.getElementById("zoom").setAttribute("aria-pressed", String(large));
}

addEventListener("popstate", () => location.reload());
listen("judge", {
  good: () => void say("good"),
  bad: () => void say("bad"),
  reason: (_event, key) => fillWith(document.querySelectorAll("#reasons button")[Number(key) - 1]),
  enlarge,
  previous: () => go(screen().dataset.previous),
  next: () => (screen().dataset.next ? void show(screen().dataset.next) : false),
  back: () => go(screen().dataset.lot),
  leave_field: () => (document.activeElement === reason() ? reason().blur() : false),
});
prepare();
