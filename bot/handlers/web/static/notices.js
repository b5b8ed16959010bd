// Tells people what goes on beside the page: for eyes in a corner, for ears in live regions.
document.documentElement.classList.add("scripted");

/** Say something to those who listen to the page. */
export function say(text) {
  document.getElementById("_said").textContent = text;
}

/** Show what went wrong until it is closed. */
export function warn(text) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.append(text);
  const close = document.createElement("button");
  close.textContent = document.body.dataset.close;
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  document.getElementById("_toasts").append(toast);
}

/** Say that the connection is lost, or that it is back. */
export function online(is) {
  const notice = document.getElementById("_offline");
  const text = is ? "" : document.body.dataset.offline;
  if (notice.textContent !== text) notice.textContent = text;
}
