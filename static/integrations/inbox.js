/** The inbox of a store: the list follows what happens; a replay is shown as a dry run before it is done. */
import { mountReplay } from "./replay.js";
import { beginFeed, reduceFeed } from "../streaming/feed.js";
import { connect } from "../streaming/connect.js";
import { call } from "../ui/api.js";
import { bound, find, make, readIsland, write } from "../ui/dom.js";
import { mountPreferences } from "../ui/preferences.js";
import { Store } from "../ui/store.js";
import { makeTime } from "../ui/time.js";

/** The list is read again at most this often, ms. */
const REREAD_MS = 1500;

/** @type {import("./replay.js").InboxPage & { hello: Wire.Hello }} */
const page = readIsland("first-paint");
const store = new Store({ reduce: reduceFeed }, beginFeed(page.hello));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let rereadTimer;

mountPreferences();
mountReplay(page, rereadSoon);
localize();
find("[data-deliveries]").addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-body]") : null;
  if (button instanceof HTMLElement) void toggleBody(button);
});
store.subscribe(({ status }, before) => {
  if (before && fingerprint(status) !== fingerprint(before.status)) rereadSoon();
});
connect(store);

/** What the list depends on. @param {Wire.Status} status */
function fingerprint({ store: state }) {
  const health = /** @type {Wire.Health | null | undefined} */ (state?.health);
  return JSON.stringify([state?.delivery_counts, health?.webhooks, health?.last_event_at]);
}

function rereadSoon() {
  rereadTimer ??= setTimeout(reread, REREAD_MS);
}

/** Reads this page again, and takes its list; an open body stays, and so does the reader's place. */
async function reread() {
  rereadTimer = undefined;
  if (document.querySelector("[data-deliveries] [aria-expanded='true']")) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of ["[data-deliveries]", "[data-states]"]) {
    const focused = focusedKey();
    find(selector).replaceChildren(...find(selector, fresh).childNodes);
    if (focused) document.querySelector(focused)?.dispatchEvent(new Event("focusin"));
    restoreFocus(focused);
  }
  localize();
}

/** A selector of the element that has the focus, if it is one of the list. */
function focusedKey() {
  const active = document.activeElement;
  const replay = active instanceof HTMLElement ? active.dataset.replay : undefined;
  return replay ? `[data-replay="${replay}"]` : "";
}

/** @param {string} selector */
function restoreFocus(selector) {
  const element = selector ? document.querySelector(selector) : null;
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}

/** Writes times in the reader's zone. */
function localize() {
  for (const element of document.querySelectorAll("[data-deliveries] time")) {
    if (element instanceof HTMLTimeElement) element.replaceWith(makeTime(element.dateTime));
  }
}

/** Shows or hides what the shop sent. @param {HTMLElement} button */
async function toggleBody(button) {
  const row = /** @type {HTMLElement} */ (button.closest(".delivery"));
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  row.querySelector(".delivery-body")?.remove();
  if (isOpen) return rereadSoon();
  const box = make("pre", "delivery-body", "Reading…");
  box.tabIndex = 0;
  box.setAttribute("aria-label", `Body of delivery ${button.dataset.body}`);
  row.append(box);
  try {
    const { body } = await call("GET", `/api/stores/${page.slug}/deliveries/${button.dataset.body}`);
    write(box, pretty(body));
  } catch (error) {
    write(box, error instanceof Error ? error.message : String(error));
    write(bound("announcer"), "The body could not be read.");
  }
}

/** @param {string} body */
function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
