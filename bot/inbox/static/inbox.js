// Small comforts; every page works without them.
"use strict";

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });
const local = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function since(seconds) {
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [null, 1];
  return unit ? relative.format(-Math.round(seconds / length), unit) : "just now";
}

// Times come in UTC and are shown in the reader's own zone.
function tellTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-relative], time[data-local]")) {
    const at = new Date(time.dateTime);
    const text = "relative" in time.dataset ? since((Date.now() - at) / 1000) : local.format(at);
    if (time.textContent !== text) time.textContent = text;
    time.title = local.format(at);
  }
}

document.addEventListener("htmx:load", (event) => tellTimes(event.target));
tellTimes();
setInterval(tellTimes, 30_000);

// The transcript stays at its end, unless somebody reads further up.
const scroll = document.querySelector("[data-scroll]");
const toEnd = () => scroll?.scrollTo({ top: scroll.scrollHeight });
toEnd();

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  const id = event.detail.type === "message" && /id="(m-\d+)"/.exec(event.detail.data)?.[1];
  if (id && document.getElementById(id)) event.preventDefault();
});
document.addEventListener("htmx:sseMessage", (event) => {
  if (scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 240) toEnd();
});

// What was sent leaves the form; Enter sends, Shift+Enter makes a new line.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-clear]")) return;
  // Sent again without htmx, the answer is a page that says what is wrong, with the text still in it.
  if (event.detail.successful) form.elements.text.value = "";
  else form.submit();
});
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-insert]");
  const field = document.getElementById("text");
  if (!link || !field) return;
  event.preventDefault();
  field.value = field.value ? `${field.value.trimEnd()}\n\n${link.dataset.insert}` : link.dataset.insert;
  field.focus();
});
