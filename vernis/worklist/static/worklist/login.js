/* The session has ended in the middle of the work: log in here, nothing typed is lost. */

import { tryAgain } from "./outbox.js";
import { token } from "./requests.js";

const dialog = () => document.getElementById("login-again");

export function ask() {
  if (dialog() && !dialog().open) dialog().showModal();
}

/** The token changes with a new session; what htmx sends must know it. */
function renewToken() {
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token() }));
}

export function wire() {
  const form = dialog()?.querySelector("form");
  if (!form) return;
  const fault = form.querySelector(".field__error");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    let answer = null;
    const data = new FormData(form);
    data.delete("csrfmiddlewaretoken"); // that of the moment of sending goes in a header
    try {
      answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(data),
        headers: { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
        credentials: "same-origin",
      });
    } catch {
      // no connection: said below
    }
    const where = answer?.ok ? (await answer.json().catch(() => ({}))).location : null;
    if (!where || where.startsWith("/account/")) {
      fault.textContent = where ? form.dataset.secondStep : form.dataset.refused;
      fault.hidden = false;
      return;
    }
    form.reset();
    done();
  });
  dialog().querySelector("[data-check]").addEventListener("click", done);
}

function done() {
  renewToken();
  dialog().close();
  tryAgain();
  document.dispatchEvent(new Event("worklist:back"));
}
