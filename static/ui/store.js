/**
 * Holds the state of a page. Events change the state by a pure function; the parts of the page that subscribed are drawn
 * at most once per animation frame, however fast events arrive.
 */

/**
 * @template State
 * @typedef {(state: State, before: State | null) => void} Draw draws `state`; `before` is the state it drew last
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
    /** @type {Map<Draw<State>, State | null>} the state that each function has drawn last */
    this.draws = new Map();
    this.scheduled = false;
  }

  /** Changes the state; an event that changes nothing draws nothing. @param {Event} event */
  dispatch(event) {
    const state = this.model.reduce(this.state, event);
    if (state === this.state) return;
    this.state = state;
    this.schedule();
  }

  /** Draws now, and in the next animation frame after every change. @param {Draw<State>} draw */
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
