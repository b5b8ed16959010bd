// Hears of what others write. The browser comes back by itself when the stream ends.
import { show } from "./messages.js";
import { online } from "./notices.js";

const stream = document.getElementById("_strom");
const asked = new URLSearchParams({ kanal: stream.dataset.channel, etter: stream.dataset.after });
if (stream.dataset.thread) asked.set("traad", stream.dataset.thread);

let source;
let late;

function listen() {
  source = new EventSource(`/hendelser?${asked}`);
  source.addEventListener("open", () => {
    clearTimeout(late);
    late = undefined;
    online(true);
  });
  source.addEventListener("messages", (event) => {
    if (event.lastEventId) asked.set("etter", event.lastEventId);
    show(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    // A stream that has lasted its time ends too; only one that doesn't come back is worth a word.
    late ??= setTimeout(() => online(false), 4000);
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
}

listen();
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => event.persisted && listen());
