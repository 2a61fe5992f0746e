/** Keeps the last seconds of the feed up to date, and has sparklines and chart drawn once a second. */
import { call } from "../ui/api.js";
import { SECONDS_KEPT, addSecond, fromHistory, readFigures } from "./seconds.js";

/** @typedef {import("./seconds.js").Sample} Sample */

/** More seconds than this without a tick (sleep, a hidden tab): the server is asked what happened. */
const TICKS_MISSED = 3;
/** The delay before a failed history request is repeated. */
const RETRY_SECONDS = 5;

export class Timeline {
  /** @param {import("./feed.js").FeedStore} store */
  constructor(store) {
    this.store = store;
    /** @type {Sample[]} */
    this.samples = recallSamples(store.state);
    this.reading = readFigures(store.state);
    this.currency = store.state.currency;
    /** how far the server's clock is ahead of ours, seconds */
    this.ahead = 0;
    this.tickedAt = this.now;
    /** the server did not answer */
    this.isIncomplete = false;
    /** @type {(() => void)[]} */
    this.draws = [];
  }

  get now() {
    return Math.floor(Date.now() / 1000 + this.ahead);
  }

  begin() {
    void this.load();
    setInterval(() => this.tick(), 1000);
    let wasAway = false;
    this.store.subscribe((state) => {
      const isAway = state.connection === "stale";
      if (wasAway && !isAway) void this.load();
      wasAway = isAway;
      if (state.currency !== this.currency) this.changeCurrency(state.currency);
    });
    addEventListener("pagehide", () => keepSamples(this.store.state, this.samples));
  }

  /** @param {() => void} draw called after each second */
  subscribe(draw) {
    this.draws.push(draw);
    draw();
  }

  tick() {
    const at = this.now - 1;
    // An unknown second is left empty; the server's history fills it after a reconnect.
    if (this.store.state.connection === "stale") return;
    const reading = readFigures(this.store.state);
    const missed = at - this.tickedAt;
    if (missed > TICKS_MISSED || (this.isIncomplete && at % RETRY_SECONDS === 0)) void this.load();
    const samples = addSecond(this.samples, at, this.reading, reading);
    // A second that was added already is over: later changes belong to the next one.
    if (samples !== this.samples) this.reading = reading;
    this.samples = samples;
    this.tickedAt = at;
    if (document.visibilityState === "visible") for (const draw of this.draws) draw();
  }

  /** The amounts of the seconds are in another currency from now on. @param {string} currency */
  changeCurrency(currency) {
    this.currency = currency;
    this.samples = this.samples.map((sample) => ({ ...sample, count: null, total: null, vat: null }));
    this.reading = readFigures(this.store.state);
    void this.load();
  }

  /** Adds the whole seconds of the server's history. */
  async load() {
    const { currency } = this;
    const query = new URLSearchParams({ feed: this.store.state.feed, seconds: String(SECONDS_KEPT), currency });
    const answer = await call("GET", `/api/stats/history?${query}`).catch(() => null);
    if (currency !== this.currency) return;
    this.isIncomplete = !answer;
    if (!answer) return;
    const told = fromHistory(answer.items, this.samples);
    // The last second is not over yet.
    const current = told.pop();
    if (current) this.ahead = current.at - Math.floor(Date.now() / 1000);
    this.samples = told;
    this.reading = before(readFigures(this.store.state), current);
    this.tickedAt = this.now - 1;
    for (const draw of this.draws) draw();
  }
}

/** The numbers at the beginning of the current second. @param {import("./seconds.js").Reading} reading @param {Sample | undefined} current */
function before(reading, current) {
  if (!current) return reading;
  const { issued, count, lastSeq, total, vat } = reading;
  return {
    ...reading,
    issued: issued - current.issued,
    count: count - (current.count ?? current.issued),
    lastSeq: lastSeq - current.shown,
    total: total - (current.total ?? 0),
    vat: vat - (current.vat ?? 0),
  };
}

/** Amounts per second exist only in the page: they are stored to survive a reload of the tab. @param {import("./feed.js").Feed} state */
function keyOf({ feed, epoch, currency }) {
  return `invoicedash.seconds.${feed}.${epoch}.${currency}`;
}

/** @param {import("./feed.js").Feed} state @param {Sample[]} samples */
function keepSamples(state, samples) {
  try {
    sessionStorage.setItem(keyOf(state), JSON.stringify(samples.slice(-300)));
  } catch {
    // Then the sparklines of amounts start empty.
  }
}

/** @param {import("./feed.js").Feed} state @returns {Sample[]} */
function recallSamples(state) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(state)) ?? "[]");
  } catch {
    return [];
  }
}
