// Keeps the officers' pages true: when something happens to a case, the parts that show it are fetched anew.
import { say } from "./notices.js";
import { listen } from "./stream.js";

// The address of a page that says why an answer was refused is the form's: it can't be fetched, so the page says which can.
const here = document.getElementById("_saker");
let after = here.dataset.after;

listen(() => `/saker/hendelser?etter=${after}`, "cases", (event) => {
  after = event.lastEventId || after;
  refresh();
});

async function refresh() {
  const response = await fetch(here.dataset.address).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  let changed = false;
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML || keeps(part)) continue;
    part.replaceWith(fresh);
    changed = true;
  }
  if (changed) say(here.dataset.updated);
}

// What an officer is writing is never taken away.
function keeps(part) {
  const field = part.querySelector("textarea");
  return part.dataset.typed !== undefined && field && (field.value || field === document.activeElement);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-draft]");
  const field = document.getElementById("_svar");
  if (!link || !field || field.readOnly) return;
  event.preventDefault();
  field.value = field.value ? `${field.value}\n\n${link.dataset.draft}` : link.dataset.draft;
  field.focus();
});
