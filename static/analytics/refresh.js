/**
 * Decides when a page asks again. A message never carries figures: it only says that an answer may be out of date.
 *
 * Guarantees: at most one call at a time and one a period; what changed while a call was on its way is asked again;
 * an answer that says that documents still wait to be folded is asked again; a hidden page asks nothing until it is seen.
 */

/**
 * @typedef {object} Options
 * @property {() => Promise<boolean>} ask resolves to whether the answer is complete; an error counts as not complete
 * @property {number} periodMs
 * @property {() => boolean} [isSeen]
 * @property {() => number} [now] ms
 * @property {(act: () => void, ms: number) => unknown} [later]
 */

/** Each call in a row that failed or was not complete makes the next one wait a period longer, up to this many. */
const MOST_PERIODS = 10;

export class Refresher {
  /** @param {Options} options */
  constructor({ ask, periodMs, isSeen = () => true, now = () => performance.now(), later = (act, ms) => setTimeout(act, ms) }) {
    this.ask = ask;
    this.isSeen = isSeen;
    this.now = now;
    this.later = later;
    this.periodMs = periodMs;
    this.askedAt = -Infinity;
    this.waits = 1;
    this.isDue = false;
    this.isAsking = false;
    this.isPlanned = false;
  }

  /** The answer may be out of date. */
  changed() {
    this.isDue = true;
    this.plan(this.periodMs);
  }

  /** The page is seen again. */
  seen() {
    if (this.isDue) this.plan(this.periodMs);
  }

  /** @param {number} gapMs after the last call */
  plan(gapMs) {
    if (this.isPlanned || this.isAsking || !this.isSeen()) return;
    this.isPlanned = true;
    const act = () => {
      this.isPlanned = false;
      if (!this.isDue || this.isAsking || !this.isSeen()) return;
      this.isDue = false;
      void this.run();
    };
    this.later(act, Math.max(0, this.askedAt + gapMs - this.now()));
  }

  async run() {
    this.askedAt = this.now();
    this.isAsking = true;
    const isComplete = await this.ask().catch(() => false);
    this.isAsking = false;
    this.waits = isComplete ? 1 : Math.min(MOST_PERIODS, this.waits + 1);
    this.isDue ||= !isComplete;
    if (this.isDue) this.plan(this.periodMs * (isComplete ? 1 : this.waits - 1));
  }
}
