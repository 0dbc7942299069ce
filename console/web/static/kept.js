// What a page keeps in this browser beyond its own life, sealed with the keys that the console gives its account
// alone: whoever signs in next at this machine can read nothing of it, and nothing of it is lost.

const MARK = "s1.";
const IV_BYTES = 12;

/** Local storage that may be missing or full, and without its keys stays empty; then things live with the page. */
class Kept {
  constructor() {
    this.memory = new Map();
    this.ciphers = [];
  }

  /**
   * Make ready, and read what is kept under a prefix.
   * @param secrets AES-256 keys in base64, the newest first, with blanks between them
   */
  async open(secrets, prefix) {
    if (!crypto.subtle) return;
    const raw = secrets.split(" ").filter(Boolean).map(bytes);
    this.ciphers = await Promise.all(
      raw.map((each) => crypto.subtle.importKey("raw", each, "AES-GCM", false, ["encrypt", "decrypt"])),
    );
    for (const key of this.stored(prefix)) await this.read(key);
  }

  get(key) {
    return this.memory.get(key) ?? null;
  }

  /** Resolves when it would outlive the page. */
  async set(key, value) {
    this.memory.set(key, value);
    if (!this.ciphers.length) return;
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const about = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(key) };
    const sealed = await crypto.subtle.encrypt(about, this.ciphers[0], new TextEncoder().encode(value));
    if (this.memory.get(key) !== value) return; // changed or taken away meanwhile
    try {
      localStorage.setItem(key, MARK + text(iv) + text(new Uint8Array(sealed)));
    } catch {
      // The page itself still has it.
    }
  }

  remove(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept there.
    }
  }

  /** As it lies there now, perhaps by another tab's hand; null for what is not there or not for this account. */
  async read(key) {
    let found = null;
    try {
      found = localStorage.getItem(key);
    } catch {
      // Only what the page knows.
    }
    const value = found === null ? null : await this.#opened(key, found);
    if (value === null) this.memory.delete(key);
    else this.memory.set(key, value);
    return value;
  }

  keys(prefix) {
    return [...this.memory.keys()].filter((key) => key.startsWith(prefix));
  }

  /** What lies there under a prefix, whether it can be read or not. */
  stored(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  }

  async #opened(key, found) {
    if (!found.startsWith(MARK)) {
      await this.set(key, found); // from before things were sealed
      return found;
    }
    const sealed = bytes(found.slice(MARK.length));
    const about = {
      name: "AES-GCM",
      iv: sealed.slice(0, IV_BYTES),
      additionalData: new TextEncoder().encode(key),
    };
    for (const cipher of this.ciphers) {
      try {
        return new TextDecoder().decode(await crypto.subtle.decrypt(about, cipher, sealed.slice(IV_BYTES)));
      } catch {
        // Another key's.
      }
    }
    return null;
  }
}

export const kept = new Kept();

function bytes(base64) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

/** Base64; twelve bytes give sixteen signs without a filler, so that two texts may stand side by side. */
function text(data) {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
}
