/* Files can be dropped; their names are shown, and too large ones are told before they are sent. */

const form = document.getElementById("upload");
const input = form?.querySelector("input[type=file]");
const names = document.getElementById("names");

function show() {
  const files = [...input.files];
  const lines = files.map((file) => Object.assign(document.createElement("li"), { textContent: file.name }));
  if (files.reduce((sum, file) => sum + file.size, 0) > Number(form.dataset.most) * 2 ** 20) {
    lines.unshift(Object.assign(document.createElement("li"), { textContent: form.dataset.tooBig, className: "is-fault" }));
  }
  names.replaceChildren(...lines);
}

if (form && input) {
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  form.addEventListener("submit", () => {
    names.append(Object.assign(document.createElement("li"), { textContent: form.dataset.sending }));
  });
}
