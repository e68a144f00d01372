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
