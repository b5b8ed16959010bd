// Keeps the count of late cases that wait for a team's leader true on every page: in the way around the house, and in the title.
import { say } from "./notices.js";
import { listen } from "./stream.js";

const EVERY = 60_000;

/** Show the count as what was fetched has it; where it has grown, say so. */
export function recount(fetched) {
  const shown = document.getElementById("_til-deg");
  const fresh = fetched.getElementById("_til-deg");
  if (!shown || !fresh || fresh.dataset.count === shown.dataset.count) return;
  shown.querySelector("[data-waiting]")?.remove();
  const waiting = fresh.querySelector("[data-waiting]");
  if (waiting) shown.querySelector("a").append(waiting);
  const count = Number(fresh.dataset.count);
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  if (count > Number(shown.dataset.count)) say(fresh.dataset.told);
  shown.dataset.count = fresh.dataset.count;
}

async function ask() {
  const response = await fetch("/saker/til-deg").catch(() => null);
  if (response?.ok) recount(new DOMParser().parseFromString(await response.text(), "text/html"));
}

// The queue and a case fetch themselves anew. A channel has a stream already, and browsers open few of them.
const anew = document.querySelector("#_saker[data-after]");
if (!anew && document.getElementById("_strom")) setInterval(ask, EVERY);
else if (!anew) {
  let after = "0";
  listen(() => `/saker/hendelser?etter=${after}`, "cases", (event) => {
    after = event.lastEventId || after;
    ask();
  });
}
