// Keys for those who work through many cases. They can be turned off, for those whom they get in the way of.
const dialog = document.getElementById("_hurtigtaster");
const on = document.getElementById("_taster-pa");
const OFF = "moteplassen-taster-av";

on.checked = !localStorage.getItem(OFF);
on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
document.getElementById("_taster").addEventListener("click", () => dialog.showModal());

const keys = {
  j: () => step(1),
  k: () => step(-1),
  c: () => form("ta")?.requestSubmit(),
  r: answer,
  "/": search,
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!on.checked && event.key !== "?") return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// The case that has the keyboard, in the queue.
function current() {
  return document.activeElement?.closest("[data-case]");
}

function step(by) {
  const links = [...document.querySelectorAll(".case-question")];
  const at = links.indexOf(current()?.querySelector(".case-question"));
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

function search() {
  const field = document.getElementById("_sok");
  field?.focus();
  field?.select();
}

function form(move) {
  const within = document.querySelector("[data-case]") ? current() : document;
  return within?.querySelector(`form[action$="/${move}"]`);
}

function answer() {
  const field = document.getElementById("_svar");
  if (field) return field.focus();
  const link = current()?.querySelector(".case-question");
  if (link) location.assign(`${link.href}#_svar`);
}
