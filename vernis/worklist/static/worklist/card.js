/* The open card: it holds its client for us while it is open, keeps typed words, and hands outcomes to the outbox. */

import { send } from "./outbox.js";
import { post, sayOnLeaving } from "./requests.js";
import { draftOf, keepDraft, newKey } from "./storage.js";

const BEAT = 60_000;
const AWAY = 10 * 60_000; // an unattended screen lets its client go
let lastSeen = Date.now();
let holding = null; // { client, release, timer }

export const body = () => document.getElementById("card-body");
const form = () => document.getElementById("outcome-form");
const note = () => form()?.elements.namedItem("note");

/** A card has come: hold it, give it its key and the words typed before. */
export function shown() {
  const card = body();
  if (holding && holding.client !== card?.dataset.client) release();
  if (!card) return;
  if (form()) {
    form().dataset.key = newKey();
    const words = draftOf(card.dataset.client);
    if (words && note() && !note().value) {
      note().value = words;
      document.getElementById("draft-said")?.removeAttribute("hidden");
    }
  }
  if (card.dataset.held === "mine") hold(card);
}

function hold(card) {
  if (holding) clearInterval(holding.timer);
  const { client, holdUrl, releaseUrl } = card.dataset;
  const beat = async () => {
    if (Date.now() - lastSeen > AWAY) return;
    const answer = await post(holdUrl, [["lease", card.dataset.lease]]);
    if (answer.status === 409 || answer.status === 423) reopen(); // it went to a colleague meanwhile
  };
  holding = { client, url: releaseUrl, lease: card.dataset.lease, timer: setInterval(beat, BEAT) };
}

/** Give the client back, so that a colleague may call. */
export function release() {
  if (!holding) return;
  clearInterval(holding.timer);
  sayOnLeaving(holding.url, [["lease", holding.lease]]);
  holding = null;
}

/** The outcome was saved: the client is not held any more. */
export function forgetHold() {
  if (holding) clearInterval(holding.timer);
  holding = null;
}

/** Ask for the card again. */
export function reopen() {
  const card = body();
  if (card) htmx.ajax("POST", card.dataset.openUrl, { target: "#card", swap: "innerHTML" });
}

/** A colleague held the open client; it is free again as soon as nobody is in the list of those held. */
export function checkHeld(clients) {
  const card = body();
  if (card?.dataset.held === "other" && !(card.dataset.client in clients)) reopen();
}

export function typed(event) {
  if (event.target === note()) keepDraft(body().dataset.client, event.target.value);
}

/** Remember how the client was reached. */
export function reachedBy(link) {
  const channel = form()?.elements.namedItem("channel");
  if (channel) channel.value = link.matches(".card__write") ? "messenger" : "call";
}

/** Press the button of an outcome, by its number. */
export function press(number) {
  form()?.querySelector(`[data-number="${number}"]`)?.click();
}

/** Follow the link of the telephone, or of the messenger. */
export function follow(selector) {
  body()?.querySelector(selector)?.click();
}

export function focusNote() {
  note()?.focus();
}

/** Close the card and go back to the list. */
export function leave() {
  release();
}

/** Take the outcome of the form on its way. */
export async function submitted(event) {
  if (event.target !== form()) return;
  event.preventDefault();
  const card = body();
  const outcome = event.submitter?.value;
  if (!outcome || card.dataset.sending) return;
  const data = new FormData(form());
  data.set("outcome", outcome);
  data.delete("csrfmiddlewaretoken"); // that of the moment of sending goes in a header
  if (!data.getAll("entry").length) {
    document.getElementById("no-reason")?.removeAttribute("hidden");
    return;
  }
  const { key } = form().dataset;
  data.set("call_key", key);
  document.querySelector("dialog.asking[open]")?.close();
  card.dataset.sending = key;
  document.getElementById("card").setAttribute("aria-busy", "true");
  keepDraft(card.dataset.client, data.get("note"));
  await send({
    key,
    url: card.dataset.recordUrl,
    fields: [...data.entries()].map(([name, value]) => [name, String(value)]),
    client: card.dataset.client,
    item: card.dataset.item,
    name: card.dataset.name,
  });
}

/** The server has asked for something else, or the line is down: the card may be used again. */
export function stillHere(key) {
  const card = body();
  if (card?.dataset.sending !== key) return false;
  delete card.dataset.sending;
  document.getElementById("card").removeAttribute("aria-busy");
  return true;
}

for (const sign of ["keydown", "pointerdown", "pointermove", "focus"]) {
  addEventListener(sign, () => {
    lastSeen = Date.now();
  }, { passive: true });
}

addEventListener("pagehide", release);
