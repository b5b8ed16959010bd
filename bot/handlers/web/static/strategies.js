// Searches while somebody types.
import { say } from "./notices.js";

const form = document.querySelector("[data-seeking]");
const field = form.querySelector("input");
let waiting;
let latest = 0;

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(seek, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  seek();
});

async function seek() {
  const turn = ++latest;
  const address = field.value ? `/strategier?${new URLSearchParams({ q: field.value })}` : "/strategier";
  const response = await fetch(address).catch(() => null);
  // A slow answer to what was typed before must not replace a newer one.
  if (!response?.ok || turn !== latest) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.getElementById("_treff");
  document.getElementById("_treff").replaceWith(found);
  history.replaceState(null, "", address);
  say(found.dataset.count);
}
