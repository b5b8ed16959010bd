// The keys and the counter of the fields that questions are written in.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !field.matches?.(".composer textarea")) return;
  event.preventDefault();
  field.form.requestSubmit();
});

document.addEventListener("input", (event) => {
  const field = event.target;
  const counter = field.form?.querySelector(".counter");
  const limit = Number(field.dataset.limit);
  if (!counter || !limit) return;
  const left = limit - field.value.length;
  counter.textContent = left < limit / 5 ? counter.dataset.left.replace("{n}", left) : "";
});
