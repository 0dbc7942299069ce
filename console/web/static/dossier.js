// The counter's work place: plain forms sent without leaving the page, the viewer, the shortcuts.

import { send, tell } from "./base.js";
import { enhance } from "./combo.js";
import { kept } from "./kept.js";
import { listen } from "./keys.js";
import { Line, Outbox, Typed } from "./outbox.js";
import { Viewer } from "./viewer.js";
import { word } from "./words.js";

const work = document.querySelector(".work");
const { code, base, account } = work.dataset;
const dialog = work.querySelector("[data-dialog]");
let state = JSON.parse(document.getElementById("screen-state").textContent);
let refusal = ""; // why something was not done; it stands until the clerk does something else

await kept.open(work.dataset.seals, `sohoa:typed:${account}:${code}:`);
const line = new Line(work);
const viewer = new Viewer(work.querySelector("[data-viewer]"), heard);
const typed = new Typed(account, code, line);
const outbox = new Outbox(`sohoa:changes:${account}:${code}`, line, { deliver, answered, carries, dropped });

viewer.setPages(state.pages);
if (state.page && viewer.page?.number !== state.page) viewer.show(state.page);
enhance(work);
if (dialog.querySelector("form")) dialog.showModal();

const actions = {
  next_page: () => viewer.step(1),
  previous_page: () => viewer.step(-1),
  paper: (_event, key) => {
    const paper = state.papers[Number(key) - 1];
    if (!paper?.pages.length) return false;
    viewer.show(paper.pages[0]);
  },
  next_doubtful: () => doubtful(1),
  previous_doubtful: () => doubtful(-1),
  zoom_in: () => viewer.in(),
  zoom_out: () => viewer.out(),
  fit: () => viewer.fit(),
  turn_view: () => viewer.turn(),
  edit_number: () => focusOn("[data-name=personal_number], [data-name=unread_number]"),
  edit_field: () => focusOn(".doubt-2 input[name=value], .doubt-1 input[name=value], .fields input[name=value]"),
  edit_kind: () => focusOn(".combo-input, select[data-field=kind]"),
  leave_field: leave,
  queue: () => location.assign("/"),
};
for (const does of ["turn_page", "split", "merge", "page_up", "page_down", "set_aside", "undo", "redo", "notice", "seal"]) {
  actions[does] = () => press(does);
}
listen("dossier", actions);

work.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  const link = event.target.closest("a[data-page]");
  if (button) actions[button.dataset.do]?.(event);
  else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    viewer.show(Number(link.dataset.page));
  }
});

work.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("change" in form.dataset)) return;
  event.preventDefault();
  submit(form);
});

work.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-field=kind]");
  if (select?.value) submit(select.form);
});

work.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-field-row]");
  if (row) viewer.field(row.dataset.fieldRow, Number(row.dataset.fieldPage));
});

window.addEventListener("popstate", () => {
  const page = Number(new URLSearchParams(location.search).get("page"));
  if (page) viewer.show(page);
});

function submit(form) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf" && name !== "version");
  const change = fields.find(([name]) => name === "change")?.[1];
  const input = form.querySelector("[data-place]"); // none where two values were told and one is taken
  if (input && change === "field" && input.value === input.dataset.stands) {
    typed.forget(input.dataset.place);
    next(input);
    return;
  }
  if (input) typed.forget(input.dataset.place);
  if (dialog.open) dialog.close();
  refusal = "";
  outbox.add({ path: new URL(form.action).pathname, fields, version: state.version });
  if (change === "field" && input) next(input);
}

/** After Enter in a field the next field has the focus: numbers are typed one after another. */
function next(input) {
  const inputs = [...work.querySelectorAll("[data-paper-facts]:not([hidden]) .fields input[name=value]")];
  const following = inputs[inputs.indexOf(input) + 1];
  if (following) following.focus();
  else input.blur();
}

async function deliver(change) {
  await typed.settled;
  const body = new FormData();
  for (const [name, value] of change.fields) body.append(name, value);
  body.set("version", change.version);
  body.set("page_in_sight", viewer.page?.number ?? 0);
  return send("POST", change.path, body);
}

/** Sealing, undoing and redoing are about a screen as it stood; what was corrected is about a thing on the paper. */
function carries(change) {
  return change.version !== undefined && !/\/(seal|undo|redo)$/.test(change.path);
}

function dropped() {
  refusal = word("script.not_carried");
  tell(refusal);
}

async function answered(answer, change) {
  const told = await answer.json().catch(() => null);
  if (!told?.parts) {
    refusal = word("script.trouble");
    tell(refusal);
    await refresh();
    return;
  }
  // Where another clerk wrote in between, what still waits was made without knowing it: the server has to judge.
  if (answer.ok && told.version === change.version + 1) outbox.raise(change.version, told.version);
  exchange(told);
  if (told.told && !told.parts.dialog) refusal = told.told;
  tell(refusal);
  if (change.path.endsWith("/seal")) work.querySelector(".seal button, .bar-sealed + a")?.focus();
  // One question at a time: what waits could put another one in its place.
  if (dialog.open) await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}

/** Put the changed parts of the page in; what somebody types in stays as it is. */
function exchange(told) {
  const focused = document.activeElement;
  const place = focused?.dataset?.place ?? null;
  const inField = place !== null ? { value: focused.value, at: focused.selectionStart } : null;
  const focusId = focused?.id;
  state = { ...state, ...told };
  for (const [name, html] of Object.entries(told.parts)) {
    const part = work.querySelector(`[data-part="${name}"]`);
    if (!part) continue;
    const top = part.scrollTop;
    part.innerHTML = html;
    part.scrollTop = top;
  }
  enhance(work);
  typed.restore();
  if (told.parts.dialog && !dialog.open) dialog.showModal();
  if (inField) {
    const again = work.querySelector(`[data-place="${CSS.escape(place)}"]`);
    if (again) {
      if (again.dataset.stands !== inField.value && again.value !== inField.value) again.value = inField.value;
      again.focus({ preventScroll: true });
      if (inField.at !== null) again.setSelectionRange(inField.at, inField.at);
    }
  } else if (focusId && !work.contains(focused)) document.getElementById(focusId)?.focus({ preventScroll: true });
  viewer.setPages(state.pages);
  inSight(viewer.inSight ?? state.page);
  follow();
}

/** The page in sight is marked everywhere, and the forms of the toolbar are about it. */
function inSight(number) {
  const paper = state.papers.find((each) => each.pages.includes(number));
  for (const link of work.querySelectorAll("[data-part=list] a[data-page]")) {
    if (Number(link.dataset.page) === number) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const shown of work.querySelectorAll("[data-paper]")) {
    shown.classList.toggle("in-sight", Number(shown.dataset.paper) === paper?.id);
  }
  for (const facts of work.querySelectorAll("[data-paper-facts]")) {
    facts.hidden = Number(facts.dataset.paperFacts) !== paper?.id;
  }
  for (const field of work.querySelectorAll("[data-page-in-sight]")) field.value = number;
  const at = state.pages.findIndex((page) => page.number === number);
  const label = work.querySelector(".tools-page");
  if (label && at >= 0) label.textContent = label.textContent.replace(/\d+(?=\D+\d+)/, String(at + 1));
}

function heard(event, data) {
  const told = work.querySelector("[data-told]");
  if (event === "page") {
    inSight(data.page.number);
    told.textContent = "";
    const address = `${base}?page=${data.page.number}`;
    if (location.pathname + location.search !== address) history.replaceState(null, "", address);
  } else if (event === "word") {
    told.textContent = word("script.word", { text: data.word.text, percent: Math.round(data.word.confidence * 100) });
    told.className = `viewer-told doubt-${data.word.doubt}`;
    const field = fieldAt(data.word.box);
    for (const row of work.querySelectorAll(".field-row.pointed")) row.classList.remove("pointed");
    if (field) {
      const row = work.querySelector(`[data-field-row="${CSS.escape(field.id)}"]`);
      row?.classList.add("pointed");
      row?.scrollIntoView({ block: "nearest" });
    }
  } else if (event === "field") focusOn(`[data-place="${CSS.escape(data.id)}"]`);
}

function fieldAt([left, top, right, bottom]) {
  const read = viewer.words.get(viewer.page.number);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return read?.fields.find(({ box }) => box && x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]);
}

async function doubtful(by) {
  if (!(await viewer.doubtful(by))) work.querySelector("[data-told]").textContent = word("script.no_doubtful");
}

function press(does) {
  const form = work.querySelector(`form[data-does="${does}"]`);
  const button = form?.querySelector("button");
  if (!form || button.disabled) return false;
  form.requestSubmit();
}

function focusOn(selector) {
  const shown = work.querySelector("[data-paper-facts]:not([hidden])");
  for (const each of selector.split(", ")) {
    const found = shown?.querySelector(each);
    if (!found) continue;
    found.focus();
    found.select?.();
    return;
  }
  return false;
}

function leave(event) {
  if (dialog.open) return false;
  const input = event.target.closest?.("input, textarea, select");
  if (!input) return false;
  if (input.dataset.stands !== undefined && input.value !== input.dataset.stands) {
    input.value = input.dataset.stands;
    typed.note(input);
  }
  input.blur();
  work.querySelector("[data-viewer]").focus({ preventScroll: true });
}

/** Look again while something goes on, and now and then for what others change. */
let looking;
function follow() {
  clearTimeout(looking);
  looking = setTimeout(refresh, state.state === "sealing" ? 700 : 5000);
}

async function refresh() {
  if (document.hidden || outbox.size) return follow();
  try {
    const page = viewer.page?.number ?? 0;
    const asked = `${base}/state?stamp=${encodeURIComponent(state.stamp)}&page=${page}`;
    const answer = await send("GET", asked, undefined, { background: true });
    if (answer.status === 401) line.signIn((await answer.json()).where || "/sign-in");
    else if (answer.status === 200) {
      exchange(await answer.json());
      return;
    }
  } catch {
    // The next look may reach it.
  }
  follow();
}

document.addEventListener("visibilitychange", () => document.hidden || refresh());
follow();
work.querySelector("[data-viewer]").focus({ preventScroll: true });
work.dataset.ready = "";
