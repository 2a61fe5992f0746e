/** Draws the cards, the state, the paces and the conservation line. Every number shown comes from the server. */
import { figuresIn } from "../streaming/currencies.js";
import { hasRuns } from "../streaming/feed.js";
import { bound, find, tested, write, writeAll } from "../ui/dom.js";
import { formatCount, formatDuration, formatMoney, formatRate, stateWord } from "../ui/format.js";

/**
 * @param {import("../streaming/feed.js").FeedStore} store
 * @param {(amount: string) => string} [mask] what becomes of formatted amounts; the wall hides them on request
 */
export function mountFigures(store, mask = (amount) => amount) {
  const parts = {
    cards: findCards(),
    state: find(".state"),
    word: tested("state"),
    backlog: document.querySelector('[data-testid="backlog"]'),
  };
  store.subscribe((state, before) => {
    if (state.stats !== before?.stats || state.currency !== before.currency) drawStats(parts.cards, state, mask);
    if (state.status !== before?.status) drawStatus(parts, state);
  });
}

export function findCards() {
  return {
    count: tested("stat-count"),
    total: tested("stat-total"),
    vat: tested("stat-vat"),
    average: tested("stat-average"),
  };
}

/** @param {ReturnType<typeof findCards>} cards @param {import("../streaming/feed.js").Feed} state @param {(amount: string) => string} mask */
export function drawStats(cards, { stats, currency }, mask) {
  const figures = figuresIn(stats, currency);
  write(cards.count, formatCount(figures.invoice_count));
  write(cards.total, mask(formatMoney(figures.total_amount, currency)));
  write(cards.vat, mask(formatMoney(figures.vat_amount, currency)));
  write(cards.average, mask(formatMoney(figures.average_amount, currency)));
  // All use the same font size: the one that fits the longest.
  const longest = Math.max(8, ...Object.values(cards).map((figure) => figure.textContent?.length ?? 0));
  for (const figure of Object.values(cards)) figure.style.setProperty("--chars", String(longest));
  writeAll("currency", currency);
}

/**
 * @param {{ state: HTMLElement, word: HTMLElement, backlog: Element | null }} parts
 * @param {import("../streaming/feed.js").Feed} feed
 */
function drawStatus({ state, word, backlog }, feed) {
  const { status } = feed;
  state.dataset.state = status.state;
  write(word, stateWord(status.state, hasRuns(feed)));
  if (backlog) write(backlog, formatCount(status.display.backlog));
  writeAll("run-note", describeRun(feed));
  writeAll("issue-rate", status.state === "running" && status.run ? formatRate(status.run.rate_per_second) : "");
  writeAll("display-rate", formatRate(status.display.rate_per_second));
  writeAll("issued-text", describeIssued(feed));
  writeAll("drain-text", describeBacklog(status.display));
  drawBars(status);
  drawConservation(status.display);
}

/** @param {import("../streaming/feed.js").Feed} feed */
export function describeRun(feed) {
  const { run, replay } = feed.status;
  if (replay) return `Replay at ${formatCount(replay.speed)}x`;
  if (!hasRuns(feed)) return "Each sale is shown as it arrives";
  if (!run) return "No run yet";
  const plan = `Run ${run.id}: ${formatRate(run.rate_per_second)} for ${formatDuration(run.duration_seconds)}`;
  return run.state === "completed" || run.state === "stopped" ? `${plan}, ${run.state}` : plan;
}

/** `730 of 1,500 · Running · invoicedash`. @param {import("../streaming/feed.js").Feed} feed */
export function describeTitle(feed) {
  const { state, run, display } = feed.status;
  const words = [stateWord(state, hasRuns(feed)), "invoicedash"];
  if (state === "running" && run) words.unshift(`${formatCount(run.issued_count)} of ${formatCount(run.target_count)}`);
  if (state === "draining") words.unshift(`${formatCount(display.backlog)} queued`);
  return words.join(" · ");
}

/** `730 of 1,500, 2:34 left`. @param {import("../streaming/feed.js").Feed} feed */
export function describeIssued(feed) {
  const { run, replay, display } = feed.status;
  if (replay) return `${formatCount(display.announced_count)} of the past so far`;
  if (!hasRuns(feed)) return "as sales arrive";
  if (!run) return "Nothing yet";
  const issued = `${formatCount(run.issued_count)} of ${formatCount(run.target_count)}`;
  if (run.state !== "running") return issued;
  return `${issued}, ${formatDuration((run.target_count - run.issued_count) / run.rate_per_second)} left`;
}

/** @param {Wire.Display} display */
function describeBacklog(display) {
  if (display.backlog === 0) return "queued";
  return `queued, shown in ${formatDuration(display.drain_eta_seconds)}`;
}

/** The issued and shown parts of the latest run, on one scale. @param {Wire.Status} status */
function drawBars({ run, display }) {
  const issuedBar = document.querySelector('[data-bind="issued-bar"]');
  const shownBar = document.querySelector('[data-bind="shown-bar"]');
  if (!(issuedBar instanceof HTMLProgressElement) || !(shownBar instanceof HTMLProgressElement)) return;
  for (const bar of [issuedBar, shownBar]) bar.parentElement?.classList.toggle("is-off", run === null);
  const [target, issued] = run ? [run.target_count, run.issued_count] : [1, 0];
  issuedBar.max = shownBar.max = target;
  issuedBar.value = issued;
  shownBar.value = Math.max(0, issued - display.backlog);
}

/** The equation announced = shown + skipped + queued, marked as true or false. @param {Wire.Display} display */
function drawConservation(display) {
  const line = document.querySelector(".conservation");
  if (!(line instanceof HTMLElement)) return;
  const { announced_count: announced, shown_count: shown, skipped_count: skipped, backlog } = display;
  const sum = shown + skipped + backlog;
  const holds = announced === sum ? "yes" : "no";
  line.dataset.holds = holds;
  write(bound("verdict", line), VERDICTS[holds]);
  write(bound("announced", line), formatCount(announced));
  write(bound("shown", line), formatCount(shown));
  write(bound("skipped", line), formatCount(skipped));
  write(bound("queued", line), formatCount(backlog));
}

const VERDICTS = { yes: "✓ Every invoice accounted for", no: "✗ Invoices unaccounted for" };
