// Sends forms without loading the page anew. Whatever goes wrong, what was typed stays.
import { show } from "./messages.js";
import { say, warn } from "./notices.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-posting]")) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const buttons = [...form.querySelectorAll("button")];
  form.ariaBusy = "true";
  if (form.dataset.sending) say(form.dataset.sending);
  try {
    await post(form, new FormData(form, event.submitter));
  } catch {
    warn(document.body.dataset.failed);
  } finally {
    form.ariaBusy = "false";
    for (const button of buttons) button.disabled = false;
  }
});

async function post(form, data) {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(data),
  });
  const answer = await response.json();
  if (!response.ok) return refuse(form, answer.problem);
  refuse(form, "");
  if (answer.key) for (const key of document.querySelectorAll('input[name="nokkel"]')) key.value = answer.key;
  show(answer.messages);
  if (form.dataset.clears === undefined) return;
  const field = form.querySelector("textarea");
  field.value = "";
  field.dispatchEvent(new Event("input"));
  field.focus();
}

function refuse(form, problem) {
  const field = form.querySelector("textarea");
  const place = form.querySelector(".problem");
  if (!field || !place) return problem && warn(problem);
  place.textContent = problem;
  place.hidden = !problem;
  field.ariaInvalid = problem ? "true" : null;
  if (problem) field.focus();
}
