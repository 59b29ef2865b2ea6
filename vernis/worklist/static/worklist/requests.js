/* Posting to the server with the token of the moment: logging in anew in the middle of the work changes it. */

const LOGIN = "/account/";

export function token() {
  const name = document.getElementById("work")?.dataset.csrfCookie;
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  if (cookie) return cookie.slice(name.length + 1);
  return JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}")["X-CSRFToken"] ?? "";
}

/** The answer came from the page of logging in. */
export const isLogin = (response) => response.redirected && new URL(response.url).pathname.startsWith(LOGIN);

/** Post fields (pairs) and return `{ status, data }`; status 0: no connection, 401: the session has ended. */
export async function post(url, fields = [], { keepalive = false, timeout = 10_000 } = {}) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": token(), Accept: "application/json" },
      credentials: "same-origin",
      keepalive,
      redirect: "manual", // our answers never redirect: this is the way to the login, and following it begins a session
      signal: AbortSignal.timeout(timeout),
    });
    if (response.type === "opaqueredirect") return { status: 401, data: {} };
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, data: isJson ? await response.json() : {} };
  } catch {
    return { status: 0, data: {} };
  }
}

/** Get JSON; null without a connection or a session. */
export async function get(url) {
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(url, { headers, credentials: "same-origin", redirect: "manual" });
    if (!response.ok) return null;
    return await response.json();
  } catch {
    return null;
  }
}

/** Say something while the page is being left. */
export function sayOnLeaving(url, fields = []) {
  navigator.sendBeacon(url, new URLSearchParams([...fields, ["csrfmiddlewaretoken", token()]]));
}
