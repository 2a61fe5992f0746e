/** Keeps the answers of a page current: it asks when the address changes, and again when a message says that figures did. */
import { askBreakdown, askDocuments, askExplanation, askFigures, askMonths, askPeople } from "./ask.js";
import { isComplete, isEmpty } from "./reading.js";
import { Refresher } from "./refresh.js";
import { ApiError, call } from "../ui/api.js";

/** @typedef {import("./state.js").State} State @typedef {import("./state.js").Part} Part */

/** How often a part may be asked while messages arrive, ms. Lists that are read are not changed under their reader. */
const PERIODS = { figures: 1000, breakdown: 3000, people: 5000 };
/** What changes without a document (rates, rows in quarantine, other feeds) shows after this long at most. */
const QUIET_MS = 20_000;

/** @type {import("../streaming/feed.js").Connection[]} */
const LOST = ["reconnecting", "stale"];

/** @param {import("./page.js").Page} page @param {import("../streaming/feed.js").FeedStore} feed */
export function mountAsking(page, feed) {
  const asking = new Asking(page);
  page.store.subscribe(() => asking.follow());
  feed.subscribe((state, before) => {
    if (!before) return;
    const isBack = state.connection === "connected" && LOST.includes(before.connection);
    const isNews = state.stats.as_of !== before.stats.as_of || isBack;
    if (isNews || performance.now() - asking.askedAt > QUIET_MS) asking.changed();
  });
  document.addEventListener("visibilitychange", () => asking.seen());
  return asking;
}

class Asking {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.askedAt = performance.now();
    const isSeen = () => document.visibilityState === "visible";
    /** @type {Map<string, Refresher>} */
    this.refreshers = new Map();
    for (const [part, periodMs] of Object.entries(PERIODS)) {
      this.refreshers.set(part, new Refresher({ ask: () => this.askAgain(/** @type {Part} */ (part)), periodMs, isSeen }));
    }
  }

  /** Asks every part whose question is another one now. */
  follow() {
    const { state } = this.page;
    for (const part of /** @type {Part[]} */ (Object.keys(state.parts))) {
      const asked = this.questionOf(part);
      if (asked !== state.parts[part].asked) void this.ask(part, asked).catch(() => this.refreshers.get(part)?.changed());
    }
  }

  changed() {
    this.askedAt = performance.now();
    for (const refresher of this.refreshers.values()) refresher.changed();
  }

  seen() {
    for (const refresher of this.refreshers.values()) refresher.seen();
  }

  /** @param {Part} part */
  questionOf(part) {
    const { page } = this;
    const { state } = page;
    const { drill, at, proof } = state.address;
    if (part === "figures") return askFigures(state, page.first.columns);
    if (part === "people") return askPeople(state, page.first.columns);
    if (part === "breakdown") return askBreakdown(state);
    const { answer } = state.parts.figures;
    if (part === "months") return answer && isEmpty(answer) ? askMonths(state) : "";
    // The figures come first: the panel shows one of them, and in which currency.
    if (!answer) return "";
    if (drill) return askDocuments(state, drill, at, page.currency);
    return proof ? askExplanation(state, proof) : "";
  }

  /** @param {Part} part */
  async askAgain(part) {
    // Today may be another day by now.
    this.page.store.dispatch({ type: "address", address: this.page.state.address, now: Date.now() });
    return this.ask(part, this.questionOf(part));
  }

  /** @param {Part} part @param {string} asked @returns {Promise<boolean>} whether the answer has every document; rejected when another try may help */
  async ask(part, asked) {
    const { store } = this.page;
    store.dispatch({ type: "ask", part, asked });
    try {
      const answer = asked ? await call("GET", asked) : null;
      store.dispatch({ type: "answer", part, asked, answer, now: Date.now() });
      return !answer?.metadata || isComplete(answer.metadata);
    } catch (error) {
      const [words, status] = error instanceof ApiError ? [error.message, error.status] : [String(error), 0];
      store.dispatch({ type: "fail", part, asked, error: words, status });
      // A refusal stays one.
      if (status >= 400 && status < 500 && status !== 429) return true;
      throw error;
    }
  }
}
