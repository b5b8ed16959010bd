// Puts messages where they belong: in place of an older version, or at the end of their thread.
import { say } from "./notices.js";

const stream = document.getElementById("_strom");
const news = document.getElementById("_nytt");

/** Take live updates or the answer to a posting in; both may bring the same message. */
export function show(updates) {
  for (const update of updates) {
    const follows = atEnd();
    const known = document.getElementById(`m-${update.id}`);
    if (known && Number(known.dataset.revision) > update.revision) continue;
    const message = built(update.html);
    if (known) replace(known, message);
    else if (!place(update, message)) continue;
    if (known && update.shell) rename(update);
    address();
    announceCase(known, message);
    const came = !known || known.ariaBusy === "true";
    if (came && message.dataset.announce) say(message.dataset.announce);
    if (came && (follows || (!known && update.mine))) bring(message);
    else if (!known && news) news.hidden = false;
  }
}

// What has become of one's own question at the officers' stands beside its reply; who listens hears it, too.
function announceCase(known, message) {
  const told = message.querySelector(".asking") && message.querySelector(".case-state").textContent.trim();
  if (known && told && told !== known.querySelector(".case-state")?.textContent.trim()) say(told);
}

// Whom one writes to in a thread: the officer while the case is open, and else the bot.
function address() {
  const label = stream.dataset.thread && document.querySelector("label[for=_tekst]");
  if (label) label.textContent = stream.querySelector(".asking[data-open]") ? stream.dataset.officer : stream.dataset.bot;
}

// Into view with a message, or as much of it as there is room for; what it replies to does not go out of view for it.
function bring(message) {
  message.scrollIntoView({ block: "nearest" });
  const asked = message.previousElementSibling ?? message;
  if (asked.getBoundingClientRect().top < 0) asked.scrollIntoView({ block: "start" });
}

// A thread is called by its first message, and so is its page.
function rename(update) {
  const heading = document.getElementById(`h-${update.thread}`);
  if (!heading) return;
  const fresh = built(update.shell).querySelector("h2").textContent;
  document.title = document.title.replace(heading.textContent, () => fresh);
  heading.textContent = fresh;
}

function replace(known, message) {
  // Whoever has the keyboard in what is replaced finds it again in what has come.
  const had = known.contains(document.activeElement) ? document.activeElement : null;
  keepOpen(known, message);
  keepTyped(known, message);
  known.replaceWith(message);
  if (!had) return;
  const again = had.matches("textarea")
    ? document.getElementById(had.id)
    : had.matches("summary")
    ? summaryLike(had, message)
    : [...message.querySelectorAll("button")].find((button) => button.value && button.value === had.value);
  (message.contains(again) ? again : message.querySelector("a, button"))?.focus();
}

// What somebody has unfolded in a message stays so when a newer version of it comes.
function keepOpen(known, message) {
  for (const unfolded of known.querySelectorAll("details[open] > summary")) {
    const fresh = summaryLike(unfolded, message);
    if (fresh) fresh.parentElement.open = true;
  }
}

function summaryLike(known, message) {
  return [...message.querySelectorAll("summary")].find((summary) => summary.textContent === known.textContent);
}

// What somebody is writing in a message stays when a newer version of it comes.
function keepTyped(known, message) {
  for (const field of known.querySelectorAll("textarea")) {
    const fresh = message.querySelector(`#${CSS.escape(field.id)}`);
    if (!fresh || (field.value === field.defaultValue && field !== document.activeElement)) continue;
    fresh.value = field.value;
    const folded = fresh.closest("details");
    if (folded) folded.open = true;
  }
}

function place(update, message) {
  let thread = document.getElementById(`t-${update.thread}`);
  if (!thread) {
    // What has only changed of a thread that this page does not show stays away.
    if (!update.shell || !update.new || stream.dataset.thread || stream.dataset.earlier) return false;
    document.getElementById("_tomt")?.remove();
    thread = built(update.shell);
    stream.append(thread);
  }
  const list = thread.querySelector(".messages");
  const later = [...list.children].find((other) => Number(other.dataset.position) > Number(message.dataset.position));
  list.insertBefore(message, later ?? null);
  return true;
}

function built(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function atEnd() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 160;
}

news?.addEventListener("click", () => {
  news.hidden = true;
  stream.lastElementChild?.scrollIntoView({ block: "end" });
});
if (stream?.querySelector(".thread") && !stream.dataset.thread && !stream.dataset.earlier && !location.hash) {
  window.scrollTo(0, document.documentElement.scrollHeight);
}
