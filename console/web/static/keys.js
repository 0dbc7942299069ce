// Shortcuts: one table a screen, read by the screen itself and by the help overlay.
//
// `keys` are values of KeyboardEvent.key with "Alt+", "Ctrl+", "Shift+" before them; `does` names the action and,
// with "key." before it, the words that say what it does. `always` works while somebody types, too. Letters can be
// switched off (WCAG 2.1.4); with Alt they work then as well.

export const SHORTCUTS = {
  dossier: [
    { keys: ["PageDown", "]"], does: "next_page" },
    { keys: ["PageUp", "["], does: "previous_page" },
    { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], does: "paper", shown: "1–9" },
    { keys: ["n"], does: "next_doubtful" },
    { keys: ["Shift+n"], does: "previous_doubtful" },
    { keys: ["+", "="], does: "zoom_in" },
    { keys: ["-"], does: "zoom_out" },
    { keys: ["0"], does: "fit" },
    { keys: ["r"], does: "turn_view" },
    { keys: ["s"], does: "edit_number" },
    { keys: ["e"], does: "edit_field" },
    { keys: ["l"], does: "edit_kind" },
    { keys: ["Shift+r"], does: "turn_page" },
    { keys: ["t"], does: "split" },
    { keys: ["g"], does: "merge" },
    { keys: ["Alt+ArrowUp"], does: "page_up" },
    { keys: ["Alt+ArrowDown"], does: "page_down" },
    { keys: ["b"], does: "set_aside" },
    { keys: ["z", "Ctrl+z"], does: "undo" },
    { keys: ["Shift+z", "Ctrl+y"], does: "redo" },
    { keys: ["i"], does: "notice" },
    { keys: ["k"], does: "seal" },
    { keys: ["Escape"], does: "leave_field", always: true },
    { keys: ["q"], does: "queue" },
  ],
  queue: [
    { keys: ["j"], does: "next_row" },
    { keys: ["k"], does: "previous_row" },
    { keys: ["Enter"], does: "open_row" },
    { keys: ["/"], does: "search" },
    { keys: ["o"], does: "next_view" },
  ],
  search: [
    { keys: ["j"], does: "next_row" },
    { keys: ["k"], does: "previous_row" },
    { keys: ["Enter"], does: "open_row" },
    { keys: ["/"], does: "search" },
    { keys: ["q"], does: "queue" },
  ],
  intake: [
    { keys: ["d"], does: "scan" },
    { keys: ["f"], does: "choose_files" },
    { keys: ["p"], does: "choose_procedure" },
    { keys: ["Escape"], does: "leave_field", always: true },
    { keys: ["q"], does: "queue" },
  ],
  notice: [
    { keys: ["i", "Enter"], does: "print" },
    { keys: ["Escape", "q"], does: "to_dossier" },
  ],
};

const OFF = "sohoa:letters-off";

/** The shortcuts of a screen with their words, for whoever shows them. */
export function shortcuts(screen, word) {
  return (SHORTCUTS[screen] || []).map((entry) => ({
    keys: entry.shown ? [entry.shown] : entry.keys,
    does: entry.does,
    words: word(`key.${entry.does}`),
  }));
}

/** Whether letters alone are shortcuts on this machine. */
export function lettersAreOn() {
  try {
    return localStorage.getItem(OFF) !== "1";
  } catch {
    return true;
  }
}

/** Switch letters alone off or on; with Alt they always work. */
export function setLetters(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Without storage they stay on.
  }
}

/** Call `actions[does](event, key)` for the shortcuts of a screen. An action that returns false is not taken. */
export function listen(screen, actions) {
  const table = new Map();
  for (const entry of SHORTCUTS[screen] || []) {
    for (const key of entry.keys) table.set(key, entry);
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const entry = table.get(nameOf(event)) || (event.altKey && !event.ctrlKey && table.get(nameOf(event, true)));
    if (!entry || !actions[entry.does]) return;
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (isTyping(event.target) && !entry.always && (plain || event.ctrlKey)) return;
    if (plain && event.key.length === 1 && !lettersAreOn()) return;
    if (document.querySelector("dialog[open]") && !entry.always) return;
    if (plain && event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    if (actions[entry.does](event, event.key) !== false) event.preventDefault();
  });
}

function nameOf(event, withoutAlt = false) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = key.length === 1 && key !== key.toUpperCase();
  return (
    (event.altKey && !withoutAlt ? "Alt+" : "") +
    (event.ctrlKey || event.metaKey ? "Ctrl+" : "") +
    (event.shiftKey && (isLetter || key.length > 1) ? "Shift+" : "") +
    key
  );
}

function isTyping(target) {
  return Boolean(target?.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select"));
}
