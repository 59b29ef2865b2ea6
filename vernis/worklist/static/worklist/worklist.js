/* The worklist: wires keys, list, card and outbox together. State lives in the page. */

import * as card from "./card.js";
import "./dialogs.js";
import { actionOf } from "./keys.js";
import * as list from "./list.js";
import * as login from "./login.js";
import * as outbox from "./outbox.js";
import { isLogin, post } from "./requests.js";
import { areKeysOff, keepDraft, switchKeys, unsent } from "./storage.js";
import * as toasts from "./toasts.js";

const work = document.getElementById("work");
const texts = work.dataset;
const HELD_EVERY = 15_000;
const SETTLE = 220; // moving quickly along the list opens no cards on the way
let opening = 0;

const step = (name) => {
  work.dataset.step = name;
};
const isPhone = () => matchMedia("(max-width: 999px), (max-height: 559px)").matches;
const dialog = (id) => document.getElementById(id);
const refresh = () => htmx.trigger("#filters", "worklist:changed");

// Moving and opening

function go(where) {
  const row = list.rowAt(where);
  if (!row) return;
  list.focusRow(row);
  clearTimeout(opening);
  if (!isPhone()) opening = setTimeout(() => list.open(row), SETTLE);
}

function backToList() {
  if (work.dataset.step === "card" && isPhone()) {
    step("list");
    card.leave();
  }
  const row = document.querySelector("#rows .person-row[data-open]") ?? list.rowAt("first");
  list.focusRow(row);
}

function openNext(item) {
  const row = list.nextToWork(item);
  if (row) {
    if (!isPhone()) list.focusRow(row);
    list.open(row);
    return;
  }
  card.forgetHold();
  const done = document.getElementById("block-done");
  document.getElementById("card").replaceChildren(done ? done.content.cloneNode(true) : "");
  step("list");
  document.querySelector("#filters input[type=search]")?.blur();
}

// Keys

const ACTIONS = {
  next: () => go("next"),
  previous: () => go("previous"),
  first: () => go("first"),
  last: () => go("last"),
  call: () => card.follow(".card__phone"),
  write: () => card.follow(".card__write"),
  note: card.focusNote,
  undo: toasts.takeBack,
  search: () => document.querySelector("#filters input[type=search]")?.focus(),
  back: () => {
    document.activeElement?.blur();
    backToList();
  },
  help: () => dialog("keys-help").showModal(),
  outcome: ({ number }) => card.press(number),
};

document.addEventListener("keydown", (event) => {
  const action = actionOf(event);
  if (!action) return;
  if (areKeysOff() && !["back", "help"].includes(action.name) && event.key.length === 1) return;
  event.preventDefault();
  if (event.repeat && !["next", "previous"].includes(action.name)) return;
  ACTIONS[action.name](action);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-list]")) backToList();
  if (event.target.closest("[data-again]")) {
    outbox.tryAgain();
    openMissed();
  }
  const more = document.querySelector("details.more[open]");
  if (more && !more.contains(event.target)) more.open = false;
  const reach = event.target.closest(".card__phone, .card__write");
  if (reach) card.reachedBy(reach);
  const quick = event.target.closest("[data-fills]");
  if (quick) fill(quick);
  const copied = event.target.closest("[data-copies]");
  if (copied) navigator.clipboard?.writeText(dialog(copied.dataset.copies).textContent);
});

/** Put a quick choice into the fields of its dialog. */
function fill(quick) {
  const { fills, day, time, text } = quick.dataset;
  for (const [name, value] of [["on", day], ["time", time], ["reason", text]]) {
    const field = dialog(`${fills}-${name}`);
    if (field && value !== undefined) field.value = value;
  }
  if (["callback", "promised"].includes(fills)) {
    quick.closest("dialog").querySelector("[type=submit]").click(); // a quick choice is a decision, and can be undone
    return;
  }
  for (const other of quick.parentElement.children) other.setAttribute("aria-pressed", String(other === quick));
}

document.addEventListener("input", card.typed);

document.addEventListener("submit", card.submitted);

// What comes back from the server

document.addEventListener("htmx:before:response", (event) => {
  const { response } = event.detail.ctx;
  if (isLogin(response.raw)) login.ask();
  else if (response.status >= 400) toasts.say(response.status === 404 ? texts.gone : texts.noConnection);
  else return;
  event.preventDefault();
});

let missed = null; // the row whose card did not come

/** The line is back: open what could not be opened. */
function openMissed() {
  const row = missed && document.getElementById(missed)?.closest(".person-row");
  missed = null;
  if (row) list.open(row);
  else if (card.body()?.dataset.held === "other") card.reopen();
}

document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx?.target?.id === "card") {
    missed = ctx.sourceElement.id;
    document.getElementById("card").replaceChildren(document.getElementById("no-line").content.cloneNode(true));
  }
  if (!navigator.onLine || unsent().length) showWaiting(unsent());
  else toasts.say(texts.noConnection);
});

addEventListener("online", openMissed);

document.addEventListener("htmx:after:swap", (event) => {
  const { target } = event.detail.ctx;
  if (target?.id === "card") cardShown();
  if (target?.id === "rows") rowsShown();
});

function cardShown() {
  card.shown();
  const open = card.body();
  if (!open) return;
  list.mark(open.dataset.client, open.dataset.item);
  step("card");
  document.querySelector("#card .card__scroll").scrollTop = 0;
  if (isPhone()) {
    scrollTo(0, 0);
    document.getElementById("card").focus({ preventScroll: true });
  }
  const here = new URL(location.href);
  here.searchParams.set("client", open.dataset.client);
  history.replaceState(null, "", here);
}

let pending = null; // what to do when the rows are fresh

function rowsShown() {
  const open = card.body();
  list.mark(open?.dataset.client ?? "", open?.dataset.item ?? "");
  const form = document.getElementById("filters");
  const here = new URL(form.action, location.href);
  for (const [name, value] of new FormData(form)) if (value) here.searchParams.set(name, value);
  if (open) here.searchParams.set("client", open.dataset.client);
  history.replaceState(null, "", here);
  pending?.();
  pending = null;
}

outbox.on("answered", (entry, { status, data }) => {
  const isOpen = card.stillHere(entry.key);
  if (status >= 200 && status < 300) {
    keepDraft(entry.client, "");
    toasts.offerUndo({
      text: data.said,
      label: texts.undo,
      seconds: data.undo_seconds,
      run: () => undo(data.undo_url, entry),
    });
    if (isOpen) {
      card.forgetHold();
      pending = () => openNext(entry.item);
    }
    if (missed) pending = openMissed;
    refresh();
    return;
  }
  refused(entry, status, data, isOpen);
});

/** Nothing is thrown away in silence: the words stay on the screen and in the draft. */
function refused(entry, status, data, isOpen) {
  const mine = new Map(entry.fields).get("note") ?? "";
  keepDraft(entry.client, mine);
  if (status === 422 && isOpen) {
    const dialogId = { promised: "ask-promised", callback: "ask-callback", declined: "ask-declined", booked: "ask-booked" }[
      new Map(entry.fields).get("outcome")
    ];
    const ask = dialog(dialogId);
    const fault = ask?.querySelector(".field__error") ?? dialog("card-fault");
    fault.textContent = data.message;
    fault.hidden = false;
    ask?.showModal();

    return;
  }
  dialog("refused-title").textContent = entry.name;
  dialog("refused-message").textContent = data.message ?? texts.refused;
  for (const [id, text] of [["refused-mine", mine], ["refused-theirs", data.theirs ?? ""]]) {
    dialog(id).textContent = text;
    dialog(id).closest("[data-part]").hidden = !text;
  }
  dialog("refused").showModal();
  if (isOpen && status !== 422) card.reopen();
  refresh();
}

outbox.on("waiting", (entries, answer) => {
  showWaiting(entries, answer);
  for (const entry of entries) {
    if (!card.stillHere(entry.key)) continue;
    markWorked(entry);
    card.forgetHold();
    openNext(entry.item);
  }
});

outbox.on("login", login.ask);

/** Without a connection the list cannot be asked anew: the row is shown as worked. */
function markWorked(entry) {
  const row = document.querySelector(`#rows .person-row[data-item="${entry.item}"]`);
  row?.classList.add("person-row--done");
  row?.setAttribute("data-done", "");
}

function showWaiting(entries, answer) {
  const banner = document.getElementById("unsent");
  banner.hidden = entries.length === 0;
  if (!entries.length) return;
  const words = answer?.status === 401 ? texts.waitingLogin : answer?.status === 403 ? texts.waitingOther : texts.waiting;
  banner.querySelector("span").textContent = `${words} ${entries.map((entry) => entry.name).join(", ")}`;
}

async function undo(url, entry) {
  const answer = await post(url);
  if (answer.status === 401) login.ask();
  if (answer.status !== 200) {
    toasts.say(answer.data.message ?? texts.noConnection, 8);
    return;
  }
  keepDraft(entry.client, new Map(entry.fields).get("note") ?? "");
  toasts.say(answer.data.said);
  pending = () => {
    const row = document.querySelector(`#rows .person-row[data-client="${entry.client}"]`);
    if (!row) return;
    list.focusRow(row);
    list.open(row);
  };
  refresh();
}

// Colleagues

async function askHeld() {
  if (document.hidden) return;
  const clients = await list.showHeld(work.dataset.heldUrl);
  if (clients) card.checkHeld(clients);
}

setInterval(askHeld, HELD_EVERY);
document.addEventListener("visibilitychange", askHeld);

document.addEventListener("worklist:back", () => {
  refresh();
  if (card.body()?.dataset.held !== "mine") return;
  card.reopen();
});

// At the start

const keysOff = dialog("keys-off");
if (keysOff) {
  keysOff.checked = areKeysOff();
  keysOff.addEventListener("change", () => switchKeys(keysOff.checked));
}
login.wire();
list.mark(card.body()?.dataset.client ?? "", card.body()?.dataset.item ?? "");
if (unsent().length) outbox.flush();
await askHeld();
if (work.dataset.opens) {
  const row = document.querySelector(`#rows .person-row[data-client="${work.dataset.opens}"]`);
  if (row) list.open(row);
  else htmx.ajax("POST", work.dataset.opensUrl, { target: "#card", swap: "innerHTML" });
} else if ("opensFirst" in work.dataset && !isPhone()) {
  const row = list.nextToWork("");
  list.focusRow(row);
  list.open(row);
}
