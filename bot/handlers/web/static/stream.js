// A stream of updates that comes back: by itself when it ends, and after a while when the server turned it away.
import { online } from "./notices.js";

const PATIENCE = 4000;
const AGAIN = 3000;

/** Hear events of that name. `address` is asked for each connection anew, so that it can say what is known by then. */
export function listen(address, name, hear) {
  let source;
  let late;

  function connect() {
    source = new EventSource(address());
    source.addEventListener("open", () => {
      clearTimeout(late);
      late = undefined;
      online(true);
    });
    source.addEventListener(name, hear);
    source.addEventListener("error", () => {
      // A stream that has lasted its time ends too; only one that doesn't come back is worth a word.
      late ??= setTimeout(() => online(false), PATIENCE);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN);
    });
  }

  connect();
  addEventListener("pagehide", () => {
    clearTimeout(late);
    source.close();
  });
  addEventListener("pageshow", (event) => event.persisted && connect());
}
