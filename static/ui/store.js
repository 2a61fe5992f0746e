/** Holds the state of a page, and draws it at most once per animation frame, however fast events arrive. */

/**
 * @template State
 * @typedef {(state: State, before: State | null) => void} Draw
 */

/**
 * What a part of a page uses of a store that may hold more than `State`.
 * @template State, Event
 * @typedef {{ state: State, dispatch(event: Event): void, subscribe(draw: Draw<State>): void }} StoreOf
 */

/** @template State, Event */
export class Store {
  /** @param {{ reduce(state: State, event: Event): State }} model @param {State} state */
  constructor(model, state) {
    this.model = model;
    this.state = state;
    /** @type {Map<Draw<State>, State | null>} what each has drawn last */
    this.draws = new Map();
    this.scheduled = false;
  }

  /** @param {Event} event */
  dispatch(event) {
    const state = this.model.reduce(this.state, event);
    if (state === this.state) return;
    this.state = state;
    this.schedule();
  }

  /** Draws now, and after every change. @param {Draw<State>} draw */
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

  /** @param {Draw<State>} draw */
  run(draw) {
    const before = this.draws.get(draw) ?? null;
    if (before === this.state) return;
    this.draws.set(draw, this.state);
    draw(this.state, before);
  }
}
