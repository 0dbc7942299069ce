// A select that is searched by a few letters without marks. Without this script it is a plain select.

import { folded, word } from "./words.js";

let made = 0;

/** Make `select[data-combo]` within `root` searchable; those that are already stay as they are. */
export function enhance(root = document) {
  for (const select of root.querySelectorAll("select[data-combo]:not([hidden])")) combo(select);
}

function combo(select) {
  made += 1;
  const list = element("ul", { id: `combo-${made}`, role: "listbox", class: "combo-list", hidden: "" });
  const input = element("input", {
    type: "text",
    id: `${select.id}-search`,
    class: "combo-input",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
  });
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  if (label) label.htmlFor = input.id;
  const holder = element("div", { class: "combo" });
  select.after(holder);
  holder.append(input, list);
  select.hidden = true;
  const options = [...select.options]
    .filter((option) => option.value)
    .map((option) => ({ value: option.value, text: option.text, plain: folded(option.text) }));
  let shown = [];
  let at = -1;

  const stand = () => {
    const chosen = select.selectedOptions[0];
    input.value = chosen?.value ? chosen.text : "";
    input.placeholder = select.options[0]?.value ? "" : (select.options[0]?.text ?? "");
  };
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = list.children[at];
    item?.scrollIntoView({ block: "nearest" });
    if (item?.id) input.setAttribute("aria-activedescendant", item.id);
  };
  const open = () => {
    const wanted = folded(input.value).split(/\s+/).filter(Boolean);
    const chosen = select.selectedOptions[0]?.text;
    const all = !wanted.length || input.value === chosen;
    shown = options
      .filter(({ plain }) => all || wanted.every((part) => plain.includes(part)))
      .sort((a, b) => fit(b.plain, wanted) - fit(a.plain, wanted))
      .slice(0, 60);
    list.replaceChildren(
      ...shown.map((option, index) => {
        const item = element("li", { role: "option", id: `${list.id}-${index}`, "aria-selected": "false" });
        item.textContent = option.text;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(index);
        });
        return item;
      }),
    );
    if (!shown.length) list.append(Object.assign(element("li", { class: "hint" }), { textContent: word("script.no_match") }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(shown.length && !all ? 0 : -1);
  };
  const choose = (index) => {
    const option = shown[index];
    if (!option) return;
    select.value = option.value;
    stand();
    close();
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", open);
  input.addEventListener("blur", () => {
    close();
    stand();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (shown.length) mark((at + by + shown.length) % shown.length);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      stand();
      close();
    }
  });
  select.addEventListener("restored", stand);
  select.focus = () => input.focus();
  stand();
}

/** How well a choice fits: the words as they were typed, side by side and whole, before pieces of other words. */
function fit(plain, wanted) {
  const within = ` ${plain.replace(/[^\p{L}\p{N}.]+/gu, " ")} `;
  const phrase = wanted.join(" ");
  if (within.includes(` ${phrase} `)) return 3;
  if (within.includes(` ${phrase}`)) return 2;
  return Number(wanted.every((part) => within.includes(` ${part}`)));
}

function element(name, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
