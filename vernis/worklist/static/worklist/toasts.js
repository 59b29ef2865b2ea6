/* Short messages at the edge; the last outcome can be taken back from there for a minute. */

const box = () => document.getElementById("toasts");
let undo = null;

function toast(text) {
  const line = document.createElement("div");
  line.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  return line;
}

/** Say something for some seconds. */
export function say(text, seconds = 6) {
  const line = toast(text);
  box().append(line);
  setTimeout(() => line.remove(), seconds * 1000);
}

/** Offer to take an outcome back while `seconds` last. */
export function offerUndo({ text, label, seconds, run }) {
  forgetUndo();
  const line = toast(text);
  const left = document.createElement("span");
  left.className = "toast__left";
  left.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small";
  button.append(label, Object.assign(document.createElement("span"), { className: "key", textContent: "Z" }));
  button.addEventListener("click", takeBack);
  line.append(left, button);
  box().append(line);
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const rest = Math.ceil((until - Date.now()) / 1000);
    if (rest <= 0) forgetUndo();
    else left.textContent = `0:${String(Math.min(rest, 59)).padStart(2, "0")}`;
  };
  undo = { line, run, timer: setInterval(tick, 1000) };
  tick();
}

export function forgetUndo() {
  if (!undo) return;
  clearInterval(undo.timer);
  undo.line.remove();
  undo = null;
}

/** Take the last outcome back, where one is offered. */
export function takeBack() {
  if (!undo) return false;
  const { run } = undo;
  forgetUndo();
  run();
  return true;
}
