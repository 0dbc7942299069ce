// The page viewer: a picture with what was read on it drawn over it. Doubtful words bear a colour and a pattern.

const ZOOM_STEP = 1.25;
const MOST = 6;
const WIDTHS = [900, 1600, 2600];
const SVG = "http://www.w3.org/2000/svg";

/** A viewer inside `root`, which holds .viewer-sheet > img + svg. `told(event, data)` hears what is pointed at. */
export class Viewer {
  constructor(root, told = () => {}) {
    this.root = root;
    this.sheet = root.querySelector(".viewer-sheet");
    this.picture = this.sheet.querySelector("img");
    this.overlay = this.sheet.querySelector("svg");
    this.told = told;
    this.pages = [];
    this.words = new Map();
    this.blobs = new Map();
    this.page = null; // the one asked for
    this.inSight = null; // the one whose picture is shown and that was told last
    this.turned = 0;
    this.zoom = 1;
    this.left = 0;
    this.top = 0;
    this.fitting = true;
    this.chosen = null;
    this.#listen();
  }

  /** The pages that there are, in order: {number, picture, words, version}. */
  setPages(pages) {
    this.pages = pages;
    const wanted = this.page && pages.find((page) => page.number === this.page.number);
    if (wanted) {
      const changed = wanted.version !== this.page.version;
      this.page = wanted;
      if (changed) {
        this.words.delete(wanted.number);
        this.show(wanted.number, { keep: true });
      }
    } else if (pages.length) this.show(pages[0].number);
    else this.#clear();
  }

  /** Show a page by its number; with `keep` zoom and place stay. */
  async show(number, { keep = false } = {}) {
    const page = this.pages.find((each) => each.number === number);
    if (!page) return;
    this.page = page;
    if (!keep) {
      this.turned = 0;
      this.fitting = true;
      this.chosen = null;
    }
    const read = await this.#read(page);
    if (!this.#isAsked(page) || !read) return;
    this.width = read.width;
    this.height = read.height;
    if (this.fitting) this.#fitted();
    await this.#load();
    if (!this.#isAsked(page)) return; // another key came while the picture was on its way
    if (!this.#shows(page)) this.#blank();
    this.#draw(read);
    this.#place();
    this.inSight = page.number;
    this.told("page", { page, read });
  }

  /** Whether this is still the page to be shown; the list of pages may have been told anew meanwhile. */
  #isAsked(page) {
    return this.page?.number === page.number && this.page.version === page.version;
  }

  /** Whether the picture is this page's, in any width. */
  #shows(page) {
    return (this.picture.dataset.shown || "").startsWith(`${page.picture}|${page.version}|`);
  }

  /** No picture is better than another page's. */
  #blank() {
    this.picture.removeAttribute("src");
    delete this.picture.dataset.shown;
  }

  /** One page on or back; false where there is none. */
  step(by) {
    const at = this.pages.findIndex((page) => page.number === this.page?.number);
    const next = this.pages[at + by];
    if (!next) return false;
    this.show(next.number);
    return true;
  }

  zoomBy(factor, x = this.root.clientWidth / 2, y = this.root.clientHeight / 2) {
    const before = this.zoom;
    this.zoom = Math.min(MOST, Math.max(this.#fitting() * 0.9, this.zoom * factor));
    const by = this.zoom / before;
    this.left = x - (x - this.left) * by;
    this.top = y - (y - this.top) * by;
    this.fitting = false;
    this.#place();
    this.#load();
  }

  in() {
    this.zoomBy(ZOOM_STEP);
  }

  out() {
    this.zoomBy(1 / ZOOM_STEP);
  }

  /** The whole page, in the middle. */
  fit() {
    this.#fitted();
    this.#place();
    this.#load();
  }

  #fitted() {
    this.fitting = true;
    this.zoom = this.#fitting();
    const [width, height] = this.#turnedSize();
    this.left = (this.root.clientWidth - width * this.zoom) / 2;
    this.top = (this.root.clientHeight - height * this.zoom) / 2;
  }

  /** A quarter turn of the view alone; nothing is changed in the dossier. */
  turn() {
    this.turned = (this.turned + 90) % 360;
    this.fit();
  }

  pan(x, y) {
    this.left += x;
    this.top += y;
    this.fitting = false;
    this.#place();
  }

  /** The next doubtful word after the chosen one, over the following pages too. */
  async doubtful(by = 1) {
    if (!this.page) return null;
    const at = this.pages.indexOf(this.pages.find((page) => page.number === this.page.number));
    for (let away = 0; away <= this.pages.length; away += 1) {
      const page = this.pages[(at + by * away + this.pages.length * 2) % this.pages.length];
      const read = await this.#read(page);
      const marks = (read?.words || []).map((word, index) => ({ word, index })).filter((each) => each.word.doubt);
      if (by < 0) marks.reverse();
      const from = away === 0 && this.chosen !== null ? this.chosen : by > 0 ? -1 : Infinity;
      const next = marks.find(({ index }) => (by > 0 ? index > from : index < from));
      if (next) {
        if (page.number !== this.page.number) await this.show(page.number);
        if (this.#isAsked(page)) this.choose(next.index);
        return { page, ...next };
      }
    }
    return null;
  }

  /** Mark a word and bring it into sight. */
  choose(index) {
    const read = this.words.get(this.page.number);
    const word = read?.words[index];
    if (!word) return;
    this.chosen = index;
    for (const marked of this.overlay.querySelectorAll(".chosen")) marked.classList.remove("chosen");
    this.overlay.querySelector(`[data-word="${index}"]`)?.classList.add("chosen");
    this.see(word.box);
    this.told("word", { word, index, page: this.page });
  }

  /** Bring a box of the page into sight, large enough to be read. */
  see([left, top, right, bottom]) {
    const readable = Math.max(this.zoom, Math.min(1, 34 / Math.max(bottom - top, 1)), this.#fitting());
    this.zoom = Math.min(MOST, readable);
    const [x, y] = this.#turnedPoint((left + right) / 2, (top + bottom) / 2);
    this.left = this.root.clientWidth / 2 - x * this.zoom;
    this.top = this.root.clientHeight / 2 - y * this.zoom;
    this.fitting = false;
    this.#keepInside();
    this.#place();
    this.#load();
  }

  /** Show where a field stands, as far as that is known. */
  async field(name, pageNumber) {
    if (pageNumber && pageNumber !== this.page?.number) await this.show(pageNumber);
    for (const marked of this.overlay.querySelectorAll(".field.chosen")) marked.classList.remove("chosen");
    const drawn = this.overlay.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!drawn) return;
    drawn.classList.add("chosen");
    const read = this.words.get(this.page.number);
    const box = read?.fields.find((field) => field.id === name)?.box;
    if (box) this.see(box);
  }

  async #read(page) {
    if (!page.words) return { width: page.width || 2480, height: page.height || 3508, words: [], fields: [] };
    const known = this.words.get(page.number);
    if (known && known.version === page.version) return known;
    try {
      const answer = await fetch(page.words, { headers: { Accept: "application/json" } });
      if (!answer.ok) return known || null;
      const read = { ...(await answer.json()), version: page.version };
      this.words.set(page.number, read);
      return read;
    } catch {
      return known || null; // without a network what was seen stays in sight
    }
  }

  async #load() {
    const shown = this.zoom * this.width * (window.devicePixelRatio || 1);
    const width = WIDTHS.find((each) => each >= shown * 0.85) || WIDTHS[WIDTHS.length - 1];
    const page = this.page;
    const key = `${page.picture}|${page.version}|${width}`;
    if (this.picture.dataset.shown === key) return;
    const sharper = `${page.picture}|${page.version}|`;
    const loaded = this.picture.dataset.shown || "";
    if (loaded.startsWith(sharper) && Number(loaded.slice(sharper.length)) >= width) return;
    const address = await this.#blob(key, `${page.picture}?width=${width}&v=${encodeURIComponent(page.version)}`);
    if (!address || !this.#isAsked(page)) return;
    this.picture.dataset.shown = key;
    this.picture.src = address;
  }

  /** Pictures are kept in the page's memory only: the browser may not store them. */
  async #blob(key, address) {
    if (this.blobs.has(key)) return this.blobs.get(key);
    try {
      const answer = await fetch(address);
      if (!answer.ok) return null;
      const made = URL.createObjectURL(await answer.blob());
      this.blobs.set(key, made);
      for (const old of this.blobs.keys()) {
        if (this.blobs.size <= 24) break;
        URL.revokeObjectURL(this.blobs.get(old));
        this.blobs.delete(old);
      }
      return made;
    } catch {
      return null;
    }
  }

  #draw(read) {
    const overlay = this.overlay;
    overlay.setAttribute("viewBox", `0 0 ${read.width} ${read.height}`);
    overlay.querySelector(".drawn")?.remove();
    const drawn = document.createElementNS(SVG, "g");
    drawn.setAttribute("class", "drawn");
    for (const field of read.fields) drawn.append(...this.#fieldMarks(field));
    read.words.forEach((word, index) => drawn.append(...this.#wordMarks(word, index)));
    overlay.append(drawn);
    this.picture.alt = read.alt || "";
  }

  #wordMarks(word, index) {
    const [left, top, right, bottom] = word.box;
    const area = rectangle(left, top, right - left, bottom - top, `word doubt-${word.doubt || 0}`);
    area.dataset.word = index;
    area.append(titled(`${word.text} · ${Math.round(word.confidence * 100)} %`));
    if (!word.doubt) return [area];
    // Not by colour alone: dashes where it is doubtful, a wave where it is very doubtful.
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", `under doubt-${word.doubt}`);
    line.setAttribute("d", word.doubt > 1 ? wave(left, right, bottom + 3) : `M${left} ${bottom + 3}H${right}`);
    return [area, line];
  }

  #fieldMarks(field) {
    if (!field.box) return [];
    const [left, top, right, bottom] = field.box;
    const area = rectangle(left - 6, top - 6, right - left + 12, bottom - top + 12, "field");
    area.dataset.field = field.id;
    area.append(titled(`${field.label}: ${field.value}`));
    return [area];
  }

  #clear() {
    this.page = null;
    this.inSight = null;
    this.overlay.querySelector(".drawn")?.remove();
    this.#blank();
  }

  #turnedSize() {
    return this.turned % 180 ? [this.height, this.width] : [this.width, this.height];
  }

  #turnedPoint(x, y) {
    if (this.turned === 90) return [this.height - y, x];
    if (this.turned === 180) return [this.width - x, this.height - y];
    if (this.turned === 270) return [y, this.width - x];
    return [x, y];
  }

  #fitting() {
    const [width, height] = this.#turnedSize();
    return Math.min(this.root.clientWidth / width, this.root.clientHeight / height) || 1;
  }

  #keepInside() {
    const [width, height] = this.#turnedSize();
    const inside = (at, size, room) => (size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at)));
    this.left = inside(this.left, width * this.zoom, this.root.clientWidth);
    this.top = inside(this.top, height * this.zoom, this.root.clientHeight);
  }

  #place() {
    if (!this.width) return;
    const back = { 0: [0, 0], 90: [this.height, 0], 180: [this.width, this.height], 270: [0, this.width] }[this.turned];
    this.sheet.style.width = `${this.width}px`;
    this.sheet.style.height = `${this.height}px`;
    this.sheet.style.transform =
      `translate(${this.left + back[0] * this.zoom}px, ${this.top + back[1] * this.zoom}px) ` +
      `scale(${this.zoom}) rotate(${this.turned}deg)`;
    this.root.style.setProperty("--line", `${Math.max(2, 1.6 / this.zoom)}px`);
    this.told("zoom", { zoom: this.zoom });
  }

  #listen() {
    this.root.addEventListener(
      "wheel",
      (event) => {
        if (!this.page) return;
        event.preventDefault();
        const at = this.root.getBoundingClientRect();
        const factor = event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP;
        this.zoomBy(factor, event.clientX - at.left, event.clientY - at.top);
      },
      { passive: false },
    );
    this.root.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
      if (!step || event.altKey || event.ctrlKey) return;
      event.preventDefault();
      this.pan(...step);
    });
    let held = null;
    this.root.addEventListener("pointerdown", (event) => {
      held = { x: event.clientX, y: event.clientY, moved: false };
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!held || !event.buttons) return;
      const [x, y] = [event.clientX - held.x, event.clientY - held.y];
      if (!held.moved && Math.abs(x) + Math.abs(y) < 4) return;
      held = { x: event.clientX, y: event.clientY, moved: true };
      this.pan(x, y);
    });
    this.root.addEventListener("click", (event) => {
      if (held?.moved) return;
      const field = event.target.closest?.("[data-field]");
      const word = event.target.closest?.("[data-word]");
      if (word) this.choose(Number(word.dataset.word));
      else if (field) this.told("field", { id: field.dataset.field });
    });
    this.root.addEventListener("pointerleave", () => {
      held = null;
    });
    new ResizeObserver(() => {
      if (this.page && this.width && this.fitting) this.fit();
    }).observe(this.root);
  }
}

function rectangle(x, y, width, height, className) {
  const made = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, width, height, class: className })) made.setAttribute(name, value);
  return made;
}

function titled(text) {
  const made = document.createElementNS(SVG, "title");
  made.textContent = text;
  return made;
}

function wave(left, right, y) {
  let path = `M${left} ${y}`;
  for (let x = left, up = true; x < right; x += 8, up = !up) path += `Q${x + 4} ${up ? y - 6 : y + 6} ${Math.min(x + 8, right)} ${y}`;
  return path;
}
