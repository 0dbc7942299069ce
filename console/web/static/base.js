// What every page shares: `send` for changes without leaving the page, and words at the foot of the screen.

/** The CSRF token of this browser. */
export const csrf = () => document.querySelector("meta[name=csrf]").content;

/** Words for whoever sits there, read aloud by screen readers; empty takes them away. */
export function tell(words) {
  document.getElementById("notice").textContent = words;
}

/**
 * A request of this page's own. Plain objects become JSON; FormData stays what it is.
 * @returns {Promise<Response>} the answer; one that asks to sign in was answered first, and the request sent again
 */
export async function send(method, path, body, {background = false, signal} = {}) {
  const headers = {Accept: "application/json", "X-CSRF": csrf()};
  if (background) headers["X-Background"] = "1";
  let data = body;
  if (body !== undefined && !(body instanceof FormData) && !(body instanceof Blob)) {
    headers["Content-Type"] = "application/json";
    data = JSON.stringify(body);
  }
  return fetch(path, {method, headers, body: data, signal, credentials: "same-origin"});
}
