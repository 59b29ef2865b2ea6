/* Whoever logs out leaves no typed words behind: not in this tab, nor in the others. */

const DRAFTS = "vernis.draft.";
const channel = new BroadcastChannel("vernis");

function forgetDrafts() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(DRAFTS)) sessionStorage.removeItem(name);
}

channel.addEventListener("message", (event) => {
  if (event.data === "logout") forgetDrafts();
});

document.addEventListener("submit", (event) => {
  if (!new URL(event.target.action, location.href).pathname.endsWith("/logout/")) return;
  forgetDrafts();
  channel.postMessage("logout");
});
