// A button with data-copy puts the text of the field with that id on the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return; // without https browsers allow no more than the selection
    }
    button.querySelector("span").textContent = button.dataset.done;
  });
}
