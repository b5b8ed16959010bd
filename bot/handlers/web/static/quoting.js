// Brings the quoted words into view, and "back" to where the reader came from.
document.querySelector("mark")?.scrollIntoView({ block: "center" });

document.querySelector("[data-back]")?.addEventListener("click", (event) => {
  if (!document.referrer.startsWith(location.origin)) return;
  event.preventDefault();
  history.back();
});
