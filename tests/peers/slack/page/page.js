"use strict";

const PAUSE = 500;
const LISTS = "main, aside, .modal";
const FIELDS = "input:not([type=hidden]), textarea, select";
const shown = {};

function complain(trouble) {
  const place = document.getElementById("trouble");
  place.textContent = trouble;
  place.hidden = !trouble;
}

function place(name, html) {
  if (shown[name] === html) return;
  const there = document.getElementById(name);
  const lists = [...there.querySelectorAll(LISTS)];
  const kept = lists.map((list) => [list.scrollTop, list.scrollHeight - list.scrollTop - list.clientHeight < 80]);
  const first = !(name in shown);
  shown[name] = html;
  // What comes from the server was escaped there.
  there.innerHTML = html;
  [...there.querySelectorAll(LISTS)].forEach((list, number) => {
    const [top, low] = kept[number] || [0, true];
    // Conversations are read from their end; what else there is, from its beginning.
    const follows = !list.matches(".home, .modal") && (first || low);
    list.scrollTop = follows ? list.scrollHeight : top;
  });
  if (name === "modal") (there.querySelector(`.block:has(.error) :is(${FIELDS})`) || there.querySelector(FIELDS))?.focus();
}

async function look() {
  try {
    const answer = await fetch("/page/seen" + location.search);
    for (const [name, html] of Object.entries(await answer.json())) place(name, html);
  } catch {
    complain("Serveren svarer ikke.");
  }
}

async function send(form, more) {
  const body = new FormData(form);
  for (const [name, value] of more) body.set(name, value);
  if (body.has("press")) body.set("deed", "press");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
    complain((await answer.json()).trouble);
  } catch {
    complain("Serveren svarer ikke.");
  }
  await look();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  event.preventDefault();
  if (button && button.dataset.confirm && !confirm(button.dataset.confirm)) return;
  if (button && button.dataset.url) open(button.dataset.url, "_blank", "noopener");
  const sent = send(form, button && button.name ? [[button.name, button.value]] : []);
  if (form.classList.contains("compose")) form.reset();
  await sent;
});

document.addEventListener("change", (event) => {
  const press = event.target.dataset.press;
  if (press) send(event.target.form, [["press", JSON.stringify([...JSON.parse(press), event.target.value || null])]]);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.matches(".compose textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape") document.querySelector(".modal button[value=dismiss]")?.click();
});

(async () => {
  for (;;) {
    await look();
    await new Promise((wake) => setTimeout(wake, PAUSE));
  }
})();
