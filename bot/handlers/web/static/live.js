// Hears of what others write.
import { show } from "./messages.js";
import { listen } from "./stream.js";

const { channel, thread, after } = document.getElementById("_strom").dataset;
const asked = new URLSearchParams({ kanal: channel, etter: after });
if (thread) asked.set("traad", thread);

listen(() => `/hendelser?${asked}`, "messages", (event) => {
  if (event.lastEventId) asked.set("etter", event.lastEventId);
  show(JSON.parse(event.data));
});
