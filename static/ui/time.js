/** The element that shows an instant. */
import { formatDate, formatExact, formatTime } from "./format.js";

/** In the reader's zone, the exact instant in its title. @param {string} instant */
export function makeTime(instant) {
  const element = document.createElement("time");
  element.dateTime = instant;
  element.title = formatExact(instant);
  element.textContent = `${formatDate(instant)}, ${formatTime(instant)}`;
  return element;
}
