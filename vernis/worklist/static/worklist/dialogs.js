/* Buttons that open and close dialogs, print, and choices that take effect at once: on every page of the worklist. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  if (event.target.closest("[data-prints]")) print();
});

document.addEventListener("change", (event) => {
  event.target.closest("[data-submits-itself]")?.submit();
});
