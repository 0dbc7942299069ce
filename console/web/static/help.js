// Help on every screen: "?" shows the shortcuts of the present screen; the first page offers the tour once.
import { SHORTCUTS, lettersAreOn, setLetters } from "/static/keys.js";

const OFFERED = "sohoa:tour-offered";
const account = document.querySelector(".who a")?.textContent ?? "";
let words;

async function load() {
  words ??= await (await fetch("/help/words", { headers: { "X-Background": "1" } })).json();
  return words;
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function keyNames(keys) {
  const cell = element("dt");
  keys.forEach((key, place) => {
    if (place) cell.append(" ");
    cell.append(element("kbd", key.length === 1 ? key.toUpperCase() : key));
  });
  return cell;
}

async function show() {
  if (document.querySelector("dialog[open]")) return;
  const said = await load();
  const screen = document.querySelector("[data-screen]")?.dataset.screen;
  const table = SHORTCUTS[screen] ?? [];
  const dialog = element("dialog", "", { class: "help", "aria-labelledby": "help-heading" });
  dialog.append(element("h2", said.help_overlay, { id: "help-heading" }));
  if (!table.length) dialog.append(element("p", said.help_overlay_none));
  const list = element("dl");
  for (const entry of [...table, { keys: ["?"], does: "help" }]) {
    list.append(keyNames(entry.shown ? [entry.shown] : entry.keys), element("dd", said[`key.${entry.does}`] ?? entry.does));
  }
  dialog.append(list, letters(said));
  const actions = element("p", "", { class: "actions" });
  const close = element("button", said.help_overlay_close, { type: "button" });
  close.addEventListener("click", () => dialog.close());
  actions.append(close, element("a", said.help_overlay_more, { href: "/help" }));
  dialog.append(actions);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function letters(said) {
  const label = element("label", "", { class: "check" });
  const box = element("input", "", { type: "checkbox" });
  box.checked = lettersAreOn();
  box.addEventListener("change", () => setLetters(box.checked));
  label.append(box, ` ${said.help_overlay_letters}`);
  return label;
}

async function offer() {
  const name = `${OFFERED}:${account}`;
  try {
    if (!account || localStorage.getItem(name) || location.pathname !== "/") return;
  } catch {
    return;
  }
  const said = await load();
  const told = element("p", `${said.help_offer} `, { class: "told" });
  const later = element("button", said.help_offer_later, { type: "button", class: "quiet" });
  const start = element("a", said.help_tour_start, { href: "/help/tour/1", class: "button" });
  for (const each of [later, start]) each.addEventListener("click", () => localStorage.setItem(name, "1"));
  later.addEventListener("click", () => told.remove());
  told.append(start, " ", later);
  document.getElementById("content").prepend(told);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (event.key !== "?" || event.ctrlKey || event.metaKey || typing) return;
  if (!event.altKey && !lettersAreOn()) return;
  event.preventDefault();
  show();
});
if (account) offer();
