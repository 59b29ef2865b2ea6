/* Outcomes on their way to the server. Each has a key made when its card was opened; it is sent until the server
   has said yes or no, however often that takes, and the server counts it once. */

import { post } from "./requests.js";
import { keepUnsent, unsent } from "./storage.js";

const ANSWERED = (status) => (status >= 200 && status < 300) || [409, 410, 422, 423].includes(status);
const listeners = { answered: [], waiting: [], login: [] };
let wait = 1000;
let timer = 0;
let running = null;

export const on = (name, listener) => listeners[name].push(listener);

const tell = (name, ...what) => listeners[name].forEach((listener) => listener(...what));

/** Keep an outcome `{ key, url, fields, client, name }` and send it; resolves after the first try. */
export async function send(entry) {
  keepUnsent([...unsent().filter((other) => other.key !== entry.key), entry]);
  await flush();
}

/** Try everything that waits, in order. */
export function flush() {
  running ??= guarded().finally(() => {
    running = null;
  });
  return running;
}

async function guarded() {
  if (!navigator.locks) return sendAll();
  return navigator.locks.request("vernis.outbox", sendAll); // two tabs of one person take turns
}

async function sendAll() {
  clearTimeout(timer);
  for (const entry of unsent()) {
    const answer = await post(entry.url, entry.fields);
    if (ANSWERED(answer.status)) {
      keepUnsent(unsent().filter((other) => other.key !== entry.key));
      wait = 1000;
      tell("answered", entry, answer);
      continue;
    }
    tell("waiting", unsent(), answer);
    if (answer.status === 401) tell("login");
    timer = setTimeout(flush, wait);
    wait = Math.min(wait * 2, 30_000);
    return;
  }
  tell("waiting", [], null);
}

/** Something has changed for the better: a try that is under way has begun too early, so try after it once more. */
export async function tryAgain() {
  wait = 1000;
  await running;
  await flush();
}

addEventListener("online", tryAgain);

addEventListener("beforeunload", (event) => {
  if (unsent().length) event.preventDefault();
});
