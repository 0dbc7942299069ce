// The words of a screen, as the server wrote them into the page: no word stands in a script.

const written = document.getElementById("screen-words");
const words = written ? JSON.parse(written.textContent) : {};

/** A word or sentence, `{name}` filled in. */
export function word(name, values = {}) {
  const text = words[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** Letters without marks and case: "Đăng ký" is found by "dang ky". */
export function folded(text) {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase();
}
