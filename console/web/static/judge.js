// Verdicts by keyboard: D good, X faulty, 1 to 6 a common reason, arrows to the pages beside, Z larger pictures.
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

const screen = document.querySelector("[data-screen=judge]");
const form = document.getElementById("verdict");
const reason = document.getElementById("reason");
const sides = document.getElementById("sides");
const zoom = document.getElementById("zoom");

const go = (to) => (to ? (location.href = to) : false);

function say(said) {
  if (!form) return false;
  if (said === "bad" && !reason.value.trim()) {
    reason.required = true;
    reason.focus();
    return reason.reportValidity();
  }
  form.requestSubmit(form.querySelector(`button[value=${said}]`));
}

function fill(key) {
  const button = document.querySelectorAll("#reasons button")[Number(key) - 1];
  if (!button) return false;
  reason.value = button.dataset.reason;
  reason.focus();
}

function enlarge() {
  const large = sides.classList.toggle("large");
  zoom.setAttribute("aria-pressed", String(large));
}

zoom.hidden = false;
zoom.addEventListener("click", enlarge);
document.getElementById("reasons")?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-reason]");
  if (!button) return;
  reason.value = button.dataset.reason;
  reason.focus();
});
form?.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "bad" || reason.value.trim()) return;
  event.preventDefault();
  say("bad");
});

listen("judge", {
  good: () => say("good"),
  bad: () => say("bad"),
  reason: (_event, key) => fill(key),
  enlarge,
  previous: () => go(screen.dataset.previous),
  next: () => go(screen.dataset.next),
  back: () => go(screen.dataset.lot),
  leave_field: () => (document.activeElement === reason ? reason.blur() : false),
});
