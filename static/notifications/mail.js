/** The pages of the outbox: times in the reader's zone, and the buttons that retry a dead message. */
import { call } from "../ui/api.js";
import { bound, write } from "../ui/dom.js";
import { mountPreferences } from "../ui/preferences.js";
import { makeTime } from "../ui/time.js";

mountPreferences();
for (const time of document.querySelectorAll("time")) time.replaceWith(makeTime(time.getAttribute("datetime") ?? ""));
for (const button of document.querySelectorAll("[data-retry]")) {
  if (button instanceof HTMLButtonElement) button.addEventListener("click", () => void retry(button));
}

/** @param {HTMLButtonElement} button */
async function retry(button) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await call("POST", `/api/notifications/${button.dataset.retry}/retry`);
    location.reload();
  } catch (error) {
    const notice = bound("notice");
    notice.hidden = false;
    write(notice, error instanceof Error ? error.message : String(error));
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}
