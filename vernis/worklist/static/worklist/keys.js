/* What a key means on the worklist. By its place on the keyboard, so that the Russian layout works the same. */

const PLACES = {
  KeyJ: "next",
  ArrowDown: "next",
  KeyK: "previous",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
  KeyC: "call",
  KeyW: "write",
  KeyN: "note",
  KeyZ: "undo",
  Slash: "search",
};

const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

export const isTyping = (target) => target instanceof Element && target.closest(FIELDS) !== null;

/** Return what to do, `{ name, number }`, or null where the key is for typing, the browser or a dialog. */
export function actionOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  if (document.querySelector("dialog[open]")) return null;
  if (event.key === "Escape") return { name: "back" };
  if (isTyping(event.target)) return null;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return { name: "help" };
  if (event.shiftKey) return null;
  const digit = /^(?:Digit|Numpad)([1-8])$/.exec(event.code);
  if (digit) return { name: "outcome", number: Number(digit[1]) };
  const name = PLACES[event.code];
  if (!name) return null;
  const isMove = event.code.startsWith("Arrow") || event.code === "Home" || event.code === "End";
  if (isMove && !event.target.closest(".list") && event.target !== document.body) return null;
  return { name };
}
