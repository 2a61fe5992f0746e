/** Holds the state, and draws it at most once per animation frame, however fast events arrive. */
import { reduce } from "../dashboard/state.js";

/**
 * @typedef {import("../dashboard/state.js").State} State
 * @typedef {(state: State, before: State | null) => void} Draw
 */

export class Store {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    /** @type {Map<Draw, State | null>} what each has drawn last */
    this.draws = new Map();
    this.scheduled = false;
  }

  /** @param {import("../dashboard/state.js").Event} event */
  dispatch(event) {
    const state = reduce(this.state, event);
    if (state === this.state) return;
    this.state = state;
    this.schedule();
  }

  /** Draws now, and after every change. @param {Draw} draw */
  subscribe(draw) {
    this.draws.set(draw, null);
    this.run(draw);
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      for (const draw of this.draws.keys()) this.run(draw);
    });
  }

  /** @param {Draw} draw */
  run(draw) {
    const before = this.draws.get(draw) ?? null;
    if (before === this.state) return;
    this.draws.set(draw, this.state);
    draw(this.state, before);
  }
}
