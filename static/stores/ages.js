/** Ages of instants in words, such as "2 min ago", that stay true while the page is open. */
import { formatAge, formatExact } from "../ui/format.js";

const TICK_MS = 5000;

/** @param {string} instant ISO 8601 @param {number} now ms of the server's clock */
export function makeAge(instant, now) {
  const element = document.createElement("time");
  element.dateTime = instant;
  element.title = formatExact(instant);
  element.dataset.age = "";
  writeAge(element, now);
  return element;
}

/** @param {() => number} now ms of the server's clock */
export function keepAges(now) {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-age]")) {
      if (element instanceof HTMLTimeElement) writeAge(element, now());
    }
  }, TICK_MS);
}

/** @param {HTMLTimeElement} element @param {number} now */
function writeAge(element, now) {
  const seconds = (now - Date.parse(element.dateTime)) / 1000;
  const text = seconds < 5 ? "just now" : `${formatAge(seconds)} ago`;
  if (element.textContent !== text) element.textContent = text;
}
