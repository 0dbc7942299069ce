// The notice on the screen: printed with one key.

import { listen } from "./keys.js";

const root = document.querySelector(".notice-sheet");

listen("notice", {
  print: () => window.print(),
  to_dossier: () => location.assign(root.dataset.back),
});
root.querySelector("[data-do=print]").addEventListener("click", () => window.print());
root.dataset.ready = "";
