/** Draws the connection of the store: its state in words, the counts of webhooks, and the last readings of the shop. */
import { makeAge } from "../stores/ages.js";
import { call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** @param {import("./state.js").StorePage} page */
export function mountSource(page) {
  page.subscribe(({ store }, before) => {
    if (store.says !== before?.store.says) drawWords(store);
    if (store.health !== before?.store.health || store.delivery_counts !== before?.store.delivery_counts) drawFacts(store);
  });
  document.querySelector('[data-action="poll"]')?.addEventListener("click", (event) => poll(page, /** @type {HTMLButtonElement} */ (event.currentTarget)));
}

/** @param {Wire.StoreState} store */
function drawWords({ says, health_state: health }) {
  find("[data-source]").dataset.health = health;
  const words = says.flatMap(({ text, at }, place) => [place ? `, ${text}` : text, ...(at ? [" ", makeAge(at, Date.now())] : [])]);
  bound("source-words").replaceChildren(...words);
}

/** @param {Wire.StoreState} store */
function drawFacts({ slug, health, delivery_counts: counts }) {
  find("[data-source-panel]").hidden = health === null;
  if (health === null) return;
  const { webhooks, last_event_at: lastAt, subscriptions, runs } = /** @type {Wire.Health} */ (health);
  const active = subscriptions.filter((each) => each.state === "active").length;
  find("[data-source-facts]").replaceChildren(
    makeFact("Webhooks", `${formatCount(webhooks.received)} received, ${formatCount(webhooks.duplicates)} repeated, ${formatCount(webhooks.late)} late`),
    makeFact("Missed", makeHealed(webhooks)),
    makeFact("Rejected", webhooks.rejected ? `${formatCount(webhooks.rejected)} with a bad signature` : "none"),
    makeFact("Last event", lastAt ? makeAge(lastAt, Date.now()) : "none yet"),
    makeFact("Subscribed", subscriptions.length ? `${formatCount(active)} of ${formatCount(subscriptions.length)} topics active` : "no webhooks: the shop is read every 30 s"),
    makeFact("Inbox", makeInbox(slug, counts)),
    ...runs.slice(0, 1).map((run) => makeFact("Last reading", ...describeRun(run))),
  );
}

/** @param {Wire.Health["webhooks"]} webhooks */
function makeHealed({ missed, healed }) {
  const element = make("span", "", missed ? `${formatCount(missed)} missed, ${formatCount(healed)} healed` : "none");
  element.dataset.testid = "healed-count";
  return element;
}

/** @param {string} slug @param {Record<string, number>} counts */
function makeInbox(slug, counts) {
  const link = /** @type {HTMLAnchorElement} */ (make("a", "", inboxWords(counts)));
  link.href = `/stores/${slug}/inbox/`;
  return link;
}

/** @param {Record<string, number>} counts */
function inboxWords({ new: waiting = 0, quarantined = 0, dead = 0 }) {
  const open = [
    ...(waiting ? [`${formatCount(waiting)} to apply`] : []),
    ...(quarantined ? [`${formatCount(quarantined)} quarantined`] : []),
    ...(dead ? [`${formatCount(dead)} dead`] : []),
  ];
  return open.join(", ") || "all deliveries are applied";
}

/** @param {Wire.Health["runs"][number]} run @returns {(string | Node)[]} */
function describeRun({ kind, state, error, ended_at: endedAt, seen, added, healed }) {
  const words = state === "failed" ? `failed: ${error}` : `${formatCount(seen)} seen, ${formatCount(added)} new, ${formatCount(healed)} healed`;
  return [`${KINDS[kind] ?? kind} `, makeAge(endedAt, Date.now()), `: ${words}`];
}

/** @type {Record<string, string>} */
const KINDS = { poll: "orders", history: "history", ids: "comparison of ids", webhooks: "webhooks", stock: "stock" };

/** @param {string} name @param {(string | Node)[]} content */
function makeFact(name, ...content) {
  return make("div", "", make("dt", "", name), make("dd", "", ...content));
}

/** Asks for a reading of the shop now. @param {import("./state.js").StorePage} page @param {HTMLButtonElement} button */
async function poll(page, button) {
  const notice = bound("poll-error");
  notice.hidden = true;
  button.setAttribute("aria-busy", "true");
  try {
    await call("POST", `/api/stores/${page.state.store.slug}/sync`, { kind: "poll" });
    write(bound("announcer"), "The shop is being read.");
  } catch (error) {
    notice.hidden = false;
    write(notice, error instanceof Error ? error.message : String(error));
  } finally {
    button.removeAttribute("aria-busy");
  }
}
