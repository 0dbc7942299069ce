// What every page shares: `send` for changes without leaving the page, words at the foot of the screen, and the
// lock of the screen, behind which everything that was typed stays where it is.

const HEARTBEAT_MS = 60_000;
const LOOK_MS = 5_000;

const lock = document.querySelector("dialog.lock");
const others = "BroadcastChannel" in window ? new BroadcastChannel("sohoa") : null;
const idleMs = Number(document.body.dataset.idleSeconds || 0) * 1000;
let active = Date.now();
let noted = Date.now();
let opened = null; // a promise while the screen is locked
let owed = false; // this screen was locked, and the server has not heard of it
const OWED = "sohoa:lock-owed";

/** The CSRF token of this browser. */
export const csrf = () => document.querySelector("meta[name=csrf]").content;

/** Words for whoever sits there, read aloud by screen readers; empty takes them away. */
export function tell(words) {
  document.getElementById("notice").textContent = words;
}

/** What a request says of this page: its token, and whose page it is, for another account may have signed in since. */
export function ownHeaders() {
  const headers = {Accept: "application/json", "X-CSRF": csrf()};
  if (lock) headers["X-Account"] = lock.dataset.account;
  return headers;
}

/**
 * A request of this page's own. Plain objects become JSON; FormData and Blobs stay what they are.
 * Where the screen was locked, the session over or another account's, it is asked for, and the request is sent again;
 * where the same person signed in anew in another tab, it is sent again with the token of that session.
 * @param background true for what the page asks by itself: it does not keep the screen unlocked
 */
export async function send(method, path, body, {background = false, signal} = {}) {
  for (;;) {
    if (opened && !background) await opened; // nothing is asked or changed behind a locked screen
    const headers = ownHeaders();
    if (background) headers["X-Background"] = "1";
    let data = body;
    if (body !== undefined && !(body instanceof FormData) && !(body instanceof Blob)) {
      headers["Content-Type"] = "application/json";
      data = JSON.stringify(body);
    }
    const answer = await fetch(path, {method, headers, body: data, signal, credentials: "same-origin"});
    if (answer.status === 403 && lock) {
      if ((await look()) === "open" && csrf() === headers["X-CSRF"]) return answer;
    } else if (answer.status !== 401 || !lock) return answer;
    else await showLock();
  }
}

/**
 * How this page's session stands: "open", "locked", "ended", or "other" for another account's; the page's CSRF token is the right one afterwards.
 * A screen that was locked without a network is locked at the server first: until then nothing is "open".
 */
async function look() {
  if (owed) await lockThere();
  const stands = await ask();
  // Another account's session is none of this page's: its owner signs in anew.
  return lock && stands.account && stands.account !== lock.dataset.account ? "other" : stands.state;
}

async function ask() {
  const headers = {Accept: "application/json", "X-Background": "1"};
  const stands = await (await fetch("/session", {headers, credentials: "same-origin"})).json();
  renew(stands.csrf);
  return stands;
}

/** Lock the session itself. Rejects where the server is out of reach. */
async function lockThere() {
  for (const isLast of [false, true]) {
    const headers = {Accept: "application/json", "X-CSRF": csrf()};
    const answer = await fetch("/session/lock", {method: "POST", headers, credentials: "same-origin"});
    if (answer.ok) break;
    if (isLast) throw new Error(String(answer.status));
    await ask(); // signed in anew in another tab: the token is another one
  }
  owe(false);
  others?.postMessage("locked");
}

/** Whether the server still has to hear of a lock; kept beyond the page, for this session alone. */
function owe(is) {
  owed = is;
  try {
    if (is) localStorage.setItem(OWED, csrf().slice(-8));
    else localStorage.removeItem(OWED);
  } catch {
    // The page itself knows it.
  }
}

function isOwed() {
  try {
    return localStorage.getItem(OWED) === csrf().slice(-8);
  } catch {
    return false;
  }
}

function renew(token) {
  document.querySelector("meta[name=csrf]").content = token;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
}

/** Lock the screen until the password was said; everything behind it stays as it is. */
function showLock() {
  opened ??= new Promise((resolve) => {
    document.body.classList.add("locked");
    lock.querySelector("[role=alert]").hidden = true;
    look().then(dress, () => dress("locked"));
    lock.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      const alert = lock.querySelector("[role=alert]");
      alert.dataset.refused ??= alert.textContent;
      alert.hidden = true;
      let why = alert.dataset.refused;
      let isOpen = false;
      try {
        isOpen = await unlocked();
      } catch {
        why = document.body.dataset.offline;
      }
      lock.querySelector("#lock-password").value = "";
      if (isOpen) return resolve();
      alert.textContent = why;
      alert.hidden = false;
    };
    lock.resolve = resolve;
    if (!lock.open) lock.showModal();
    lock.querySelector("#lock-password").focus();
  }).then(() => {
    opened = null;
    active = noted = Date.now();
    document.body.classList.remove("locked");
    lock.close();
    others?.postMessage("open");
  });
  return opened;
}

function dress(state) {
  if (state === "open") return lock.resolve();
  for (const part of lock.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

async function unlocked() {
  const state = await look();
  if (state === "open") return true;
  dress(state);
  const said = new FormData();
  said.set("password", lock.querySelector("#lock-password").value);
  said.set("name", lock.dataset.account);
  said.set("code", lock.querySelector("#lock-code").value);
  const headers = {Accept: "application/json", "X-CSRF": csrf()};
  const path = state === "locked" ? "/locked" : "/sign-in";
  const answer = await fetch(path, {method: "POST", headers, body: said, credentials: "same-origin"});
  if (!answer.ok) return false;
  const told = await answer.json();
  if (told.csrf) renew(told.csrf);
  return true;
}

/** The screen first, here and in every tab: it is dark with or without a network. */
function lockNow() {
  owe(true);
  others?.postMessage("lock");
  showLock();
}

/** Out of reach, the server hears of the lock as soon as it answers again. */
function payOwed() {
  if (owed) lockThere().catch(() => {});
}

function watch() {
  const now = Date.now();
  if (opened) return payOwed();
  if (now - active >= idleMs) lockNow();
  else if (active > noted && now - noted >= HEARTBEAT_MS) {
    noted = now;
    others?.postMessage("active");
    send("POST", "/session/active");
  }
}

if (lock && idleMs) {
  lock.addEventListener("cancel", (event) => event.preventDefault());
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    addEventListener(kind, () => { active = Date.now(); }, {passive: true, capture: true});
  }
  others?.addEventListener("message", ({data}) => {
    if (data === "active") active = Date.now();
    else if (data === "lock") {
      owed = true;
      showLock();
    } else if (data === "locked") owed = false;
    else if (data === "open") {
      owed = false;
      if (opened) look().then(dress, () => {});
    }
  });
  addEventListener("online", payOwed);
  setInterval(watch, LOOK_MS);
  if (isOwed()) lockNow();
  const button = document.querySelector("[data-lock]");
  button.hidden = false;
  button.addEventListener("click", lockNow);
}

// A form that is sent while the session is over would leave the page: it is asked for first, in the dialog.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!lock || event.defaultPrevented || form.method !== "post" || form.dataset.checked) return;
  if (form.action.endsWith("/sign-out")) return;
  event.preventDefault();
  try {
    if ((await look()) !== "open") await showLock();
  } catch {
    // The network is gone: the page stays, and so does what was typed.
    tell(document.body.dataset.offline);
    return;
  }
  form.dataset.checked = "1";
  form.requestSubmit(event.submitter ?? undefined);
  delete form.dataset.checked;
});
