/* What is kept in the browser: unsent outcomes per person (they outlive the tab), typed words per client in the tab. */

const person = () => document.getElementById("work")?.dataset.person ?? "";

function read(store, name, otherwise) {
  try {
    return JSON.parse(store.getItem(name)) ?? otherwise;
  } catch {
    return otherwise; // blocked or damaged storage: work goes on, only without a safety net
  }
}

function write(store, name, value) {
  try {
    if (value === null) store.removeItem(name);
    else store.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const draftName = (client) => `vernis.draft.${person()}.${client}`;

export const draftOf = (client) => read(sessionStorage, draftName(client), "");

export const keepDraft = (client, text) => write(sessionStorage, draftName(client), text || null);

const queueName = () => `vernis.unsent.${person()}`;

export const unsent = () => read(localStorage, queueName(), []);

export const keepUnsent = (entries) => write(localStorage, queueName(), entries.length ? entries : null);

const KEYS_OFF = "vernis.keys-off";

export const areKeysOff = () => read(localStorage, KEYS_OFF, false);

export const switchKeys = (isOff) => write(localStorage, KEYS_OFF, isOff || null);

/** Return a random UUID; `crypto.randomUUID` is there only on https and on this very machine. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
