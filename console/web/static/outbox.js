// Changes on their way to the server: kept in the browser until it has them, delivered one by one and in order.

import { send } from "./base.js";
import { kept } from "./kept.js";
import { word } from "./words.js";

const AGAIN_AFTER = 3000;

/** What the foot of the screen says about the connection. */
export class Line {
  constructor(root) {
    this.place = () => root.querySelector("[data-network]");
    this.counts = new Map();
    this.isDown = false;
  }

  /** So many of one sort wait; the connection is down, or it is not. */
  waiting(sort, count, isDown) {
    this.counts.set(sort, count);
    this.isDown = isDown;
    const all = [...this.counts.values()].reduce((sum, each) => sum + each, 0);
    if (all && isDown) this.#say(word("script.offline", { count: all }));
    else if (!all && this.saidOffline) this.#say(word("script.sent"), true);
  }

  /** The server does not take them from this page: they wait, and are not lost. */
  refused(count) {
    this.#say(word("script.refused", { count }));
  }

  /** The session is over: a link that leads to the sign-in and back to this very place. */
  signIn(where) {
    const place = this.place();
    if (!place || place.querySelector("a")) return;
    const link = document.createElement("a");
    link.href = `${where}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = word("script.sign_in");
    place.hidden = false;
    place.replaceChildren(link);
  }

  #say(text, isGone = false) {
    const place = this.place();
    if (!place) return;
    this.saidOffline = !isGone;
    place.hidden = false;
    place.textContent = text;
    if (isGone) setTimeout(() => place.textContent === text && place.replaceChildren(), 4000);
  }
}

/** A queue of changes to one thing; each tab has its own, and takes over those of tabs that are gone. */
export class Outbox {
  /**
   * Changes say in `version` what their clerk saw. Those that an earlier page left here go out, too.
   * @param does `deliver(change)` sends one and returns its Response; `answered(response, change)` hears what came
   *     of it; `carries(change)` says whether it may still be sent by a page that was loaded after it was made;
   *     `dropped(count)` hears of those that may not
   */
  constructor(key, line, does) {
    Object.assign(this, { line, ...does });
    this.key = `${key}:${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    this.busy = false;
    this.queue = [];
    window.addEventListener("online", () => this.run());
    const left = kept.stored(key).filter((each) => each === key || each.startsWith(`${key}:`));
    // A tab holds the lock of its queue as long as it lives: whoever gets it finds what nobody sends any more.
    navigator.locks?.request(this.key, () => new Promise(() => {}));
    for (const each of left) {
      if (navigator.locks) navigator.locks.request(each, () => this.#takeOver(each));
      else this.#takeOver(each);
    }
  }

  async #takeOver(key) {
    const left = JSON.parse((await kept.read(key)) || "[]");
    if (!left.length) return;
    const carried = left.filter((change) => this.carries(change));
    this.queue.push(...carried);
    await this.#keep();
    kept.remove(key);
    if (carried.length < left.length) this.dropped(left.length - carried.length);
    this.run();
  }

  /** What waits and was made of version `seen` is made of version `now`: nobody else wrote in between. */
  raise(seen, now) {
    for (const change of this.queue) if (change.version === seen) change.version = now;
    this.#keep();
  }

  /** One more change, after those that wait. */
  add(change) {
    this.queue.push(change);
    this.#keep();
    return this.run();
  }

  get size() {
    return this.queue.length;
  }

  /** Deliver what waits, in order; what cannot be delivered now stays. */
  async run() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.again);
    try {
      while (this.queue.length) {
        let answer;
        try {
          answer = await this.deliver(this.queue[0]);
        } catch {
          this.#later(); // no network, or no server: the change waits
          return;
        }
        if (answer.status === 401) {
          const told = await answer.json().catch(() => ({}));
          this.line.signIn(told.where || "/sign-in");
          return;
        }
        if (answer.status === 403) {
          this.line.refused(this.queue.length);
          this.again = setTimeout(() => this.run(), AGAIN_AFTER);
          return;
        }
        if (answer.status >= 500 || answer.status === 429) {
          this.#later();
          return;
        }
        const change = this.queue.shift();
        this.#keep();
        this.line.waiting(this.key, this.queue.length, false);
        await this.answered(answer, change);
      }
    } finally {
      this.busy = false;
    }
  }

  #later() {
    this.line.waiting(this.key, this.queue.length, true);
    this.again = setTimeout(() => this.run(), AGAIN_AFTER);
  }

  #keep() {
    if (this.queue.length) return kept.set(this.key, JSON.stringify(this.queue));
    return kept.remove(this.key);
  }
}

/** What was typed there has become something: an intake's form papers that come in. */
export function forgetTyped(account, thing) {
  for (const key of kept.stored(`sohoa:typed:${account}:${thing}:`)) kept.remove(key);
}

/** Everything typed into [data-place] is kept as it is typed: here at once, on the server a moment later. */
export class Typed {
  constructor(account, dossier, line) {
    this.prefix = `sohoa:typed:${account}:${dossier}:`;
    this.dossier = dossier;
    this.line = line;
    this.timers = new Map();
    this.under_way = Promise.resolve();
    document.addEventListener("input", (event) => {
      const input = event.target.closest?.("[data-place]");
      if (input) this.note(input);
    });
    window.addEventListener("storage", (event) => this.#fromOtherTab(event));
    window.addEventListener("online", () => this.#sendAll());
    window.addEventListener("pagehide", () => this.#sendAll());
    this.restore();
  }

  /** Put back what the server did not have yet; also after parts of the page were exchanged. */
  restore() {
    for (const key of kept.keys(this.prefix)) {
      const place = key.slice(this.prefix.length);
      const input = this.#input(place);
      const text = kept.get(key);
      if (input && input !== document.activeElement && input.value !== text) {
        input.value = text;
        input.dispatchEvent(new Event("restored", { bubbles: true }));
      }
      this.#later(place);
    }
    for (const input of document.querySelectorAll("[data-place][data-stands]")) this.#mark(input);
  }

  note(input) {
    const place = input.dataset.place;
    kept.set(this.prefix + place, input.value);
    this.#mark(input);
    this.#later(place);
  }

  /** It was sent as a change, or taken back: nothing is waiting there any more. */
  forget(place) {
    clearTimeout(this.timers.get(place));
    this.timers.delete(place);
    kept.remove(this.prefix + place);
  }

  /** Resolves when nothing is on its way: a change that is sent then cannot be overtaken by an older text. */
  get settled() {
    return this.under_way;
  }

  /** The form goes to the server as a whole: nothing is sent beside it, and what it takes is forgotten there. */
  rest() {
    this.rests = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  #mark(input) {
    if ("stands" in input.dataset) input.classList.toggle("unsent", input.value !== input.dataset.stands);
  }

  #later(place) {
    clearTimeout(this.timers.get(place));
    this.timers.set(place, setTimeout(() => this.#send(place), 400));
  }

  #sendAll() {
    for (const key of kept.keys(this.prefix)) this.#send(key.slice(this.prefix.length));
  }

  #send(place) {
    if (this.rests) return;
    this.under_way = this.under_way.then(async () => {
      const text = kept.get(this.prefix + place);
      if (text === null) return;
      const stands = this.#input(place)?.dataset.stands;
      try {
        const body = { dossier: this.dossier, place, text: text === stands ? "" : text };
        const answer = await send("POST", "/typed", body);
        if (answer.status === 401) {
          const told = await answer.json().catch(() => ({}));
          this.line.signIn(told.where || "/sign-in");
          return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        if (kept.get(this.prefix + place) === text) kept.remove(this.prefix + place);
        this.line.waiting("typed", kept.keys(this.prefix).length, false);
      } catch {
        this.line.waiting("typed", kept.keys(this.prefix).length, true);
        clearTimeout(this.timers.get(place));
        this.timers.set(place, setTimeout(() => this.#send(place), AGAIN_AFTER));
      }
    });
  }

  async #fromOtherTab(event) {
    if (!event.key?.startsWith(this.prefix)) return;
    const text = await kept.read(event.key);
    const input = this.#input(event.key.slice(this.prefix.length));
    if (text !== null && input && input !== document.activeElement) {
      input.value = text;
      this.#mark(input);
    }
  }

  #input(place) {
    return document.querySelector(`[data-place="${CSS.escape(place)}"]`);
  }
}
