/* The rows: which one is open, moving along them, who is held by a colleague. One row is in the tab order. */

import { get } from "./requests.js";

const rows = () => [...document.querySelectorAll("#rows .person-row")];
const link = (row) => row.querySelector(".person");
const openRow = () => document.querySelector("#rows .person-row[data-open]");

/** Mark the row of an item (else of a client) as the one whose card is open. */
export function mark(client, item) {
  const all = rows();
  const chosen =
    all.find((row) => row.dataset.item === item && row.dataset.client === client) ??
    all.find((row) => row.dataset.client === client);
  for (const row of all) {
    row.toggleAttribute("data-open", row === chosen);
    if (row === chosen) link(row).setAttribute("aria-current", "true");
    else link(row).removeAttribute("aria-current");
  }
  rove(chosen ?? all[0]);
}

/** Let Tab reach this row only. */
export function rove(chosen) {
  for (const row of rows()) link(row).tabIndex = row === chosen ? 0 : -1;
}

const current = () => document.activeElement?.closest?.("#rows .person-row") ?? openRow();

/** Return the row to go to: by one step, or the first or last. */
export function rowAt(where) {
  const all = rows();
  const here = all.indexOf(current());
  if (where === "first") return all[0];
  if (where === "last") return all.at(-1);
  if (here < 0) return all[0];
  return all[here + (where === "next" ? 1 : -1)];
}

/** Return the next row that nobody has worked or holds, after an item, else from the top. */
export function nextToWork(item) {
  const all = rows();
  const here = all.findIndex((row) => row.dataset.item === item);
  const free = (row) => !row.hasAttribute("data-done") && !row.hasAttribute("data-held") && row.dataset.item !== item;
  return all.slice(here + 1).find(free) ?? all.find(free);
}

export function focusRow(row) {
  if (!row) return;
  rove(row);
  link(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/** Open the card of a row, as a click does. */
export const open = (row) => row && link(row).click();

/** Show who is talking to whom; called every few seconds. */
export async function showHeld(url) {
  const held = await get(url);
  if (!held) return null;
  for (const row of rows()) {
    const holder = held.clients[row.dataset.client];
    const note = row.querySelector(".held");
    row.toggleAttribute("data-held", Boolean(holder));
    if (!note) continue;
    note.hidden = !holder;
    note.querySelector("span").textContent = holder ?? "";
  }
  return held.clients;
}
