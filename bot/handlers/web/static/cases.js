// Keeps the officers' pages true: when something happens to a case, the parts that show it are fetched anew.
import { recount } from "./escalated.js";
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
    const again = place(part);
    part.replaceWith(fresh);
    again(fresh);
    changed = true;
  }
  if (changed) say(here.dataset.updated);
  recount(page);
}

// What an officer is writing or choosing is never taken away.
function keeps(part) {
  const fields = [...part.querySelectorAll("textarea, input:not([type=hidden]), select")];
  return part.dataset.typed !== undefined && fields.some((field) => field.value || field === document.activeElement);
}

// Whoever has the keyboard in what is replaced finds it again in what has come: at the same link, or the same form.
function place(part) {
  const had = part.contains(document.activeElement) ? document.activeElement : null;
  const link = had?.getAttribute("href");
  const action = had?.closest("form")?.getAttribute("action");
  return (fresh) => {
    if (!had) return;
    const same = [...fresh.querySelectorAll("a, button")].find((each) =>
      link ? each.getAttribute("href") === link : action && each.closest("form")?.getAttribute("action") === action,
    );
    same?.focus();
  };
}

if (location.hash === "#_svar") document.getElementById("_svar")?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-draft]");
  const field = document.getElementById("_svar");
  if (!link || !field || field.readOnly) return;
  event.preventDefault();
  field.value = field.value ? `${field.value}\n\n${link.dataset.draft}` : link.dataset.draft;
  field.focus();
});
