// Papers come in: the procedure is found by a few letters, files are dropped, nothing typed is lost.

import { ownHeaders } from "./base.js";
import { enhance } from "./combo.js";
import { kept } from "./kept.js";
import { listen } from "./keys.js";
import { Line, Typed } from "./outbox.js";
import { word } from "./words.js";

const root = document.querySelector(".intake");
const form = root.querySelector("[data-intake]");
const drop = root.querySelector("[data-drop]");
const files = form.querySelector("[name=files]");
const procedure = form.querySelector("[name=procedure]");
const line = new Line(root);

await kept.open(root.dataset.seals, `sohoa:typed:${root.dataset.account}:intake:`);
const typed = new Typed(root.dataset.account, "intake", line);
enhance(root);
procedure.addEventListener("change", showCases);
procedure.addEventListener("restored", showCases);
showCases();

listen("intake", {
  scan: () => {
    const button = form.querySelector("[data-does=scan]");
    if (!button) return false;
    form.requestSubmit(button);
  },
  choose_files: () => files.click(),
  choose_procedure: () => procedure.focus(),
  leave_field: (event) => {
    if (!event.target.closest?.("input, select")) return false;
    event.target.blur();
  },
  queue: () => location.assign("/"),
});

for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      files.files = event.dataTransfer.files;
      showFiles();
    }
  });
}
files.addEventListener("change", showFiles);

form.addEventListener("submit", (event) => {
  if (!event.submitter?.formAction?.endsWith("/intake/files")) {
    typed.rest();
    return;
  }
  event.preventDefault();
  sendFiles();
});

function showCases() {
  for (const set of form.querySelectorAll("[data-cases]")) {
    set.hidden = set.disabled = set.dataset.cases !== procedure.value;
  }
}

function showFiles() {
  const list = drop.querySelector("[data-chosen]");
  list.replaceChildren(
    ...[...files.files].map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${(file.size / 1048576).toFixed(1)} MB`;
      return item;
    }),
  );
  refusal();
}

/** Why these files cannot be sent at all; the server judges each by its content. */
function refusal() {
  const most = Number(form.dataset.mostFiles);
  const mb = Number(form.dataset.largestMb);
  const size = [...files.files].reduce((sum, file) => sum + file.size, 0);
  let why = "";
  if (files.files.length > most) why = word("script.too_many", { most });
  else if (size > mb * 1048576) why = word("script.too_large", { mb });
  say(why);
  return why;
}

function say(text) {
  const place = root.querySelector("[data-network]");
  place.hidden = !text;
  place.textContent = text;
}

let sending = false; // from the key until the answer, and on until the next page is there

function sendFiles() {
  if (sending || refusal()) return;
  sending = true;
  const request = new XMLHttpRequest();
  request.open("POST", "/intake/files");
  for (const [name, value] of Object.entries(ownHeaders())) request.setRequestHeader(name, value);
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) say(word("script.sending", { percent: Math.round((100 * event.loaded) / event.total) }));
  };
  request.onerror = () => {
    sending = false; // the form says by its id that it is the same one, should it have come through
    say(word("script.not_sent"));
  };
  request.onload = () => {
    sending = false;
    let told = {};
    try {
      told = JSON.parse(request.responseText);
    } catch {
      // Said below.
    }
    if (told.to) {
      sending = true;
      typed.rest();
      location.assign(told.to);
    } else if (request.status === 401) line.signIn(told.where || "/sign-in");
    else if (request.status === 413) say(word("script.too_large", { mb: form.dataset.largestMb }));
    else say(told.told || word("script.trouble"));
  };
  request.send(new FormData(form));
}
// A page that the browser kept and shows again has a form that was sent.
addEventListener("pageshow", (event) => event.persisted && location.reload());
root.dataset.ready = "";
