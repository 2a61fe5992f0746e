/**
 * What a page of figures holds: its address, and the last answer to each of its calls. Pure.
 *
 * Guarantee: an answer to an older question never replaces one to a newer question.
 */
import { dayIn } from "./ranges.js";
import { compareInstants } from "../streaming/feed.js";

/**
 * @typedef {Figures.Address} Address
 * @typedef {"figures" | "people" | "breakdown" | "side" | "months"} Part
 *
 * @typedef {object} Held what is known of one part
 * @property {string} asked the call that is on its way or was answered last
 * @property {string} answered the call that `answer` belongs to
 * @property {any} answer
 * @property {string} error why there is no newer answer; empty when there is
 * @property {number} status of that error; 0 when the server was not reached
 *
 * @typedef {object} State
 * @property {Address} address
 * @property {Figures.Metric[]} metrics
 * @property {string} zone of the stores' days
 * @property {number} clock what to add to the reader's clock to have the server's, ms
 * @property {string} today
 * @property {Record<Part, Held>} parts
 *
 * @typedef {{ type: "address", address: Address, now: number }
 *   | { type: "ask", part: Part, asked: string }
 *   | { type: "answer", part: Part, asked: string, answer: any, now: number }
 *   | { type: "fail", part: Part, asked: string, error: string, status: number }
 * } Event
 * @typedef {import("../ui/store.js").StoreOf<State, Event>} FiguresStore
 */

/** @returns {Held} */
const nothing = () => ({ asked: "", answered: "", answer: null, error: "", status: 0 });

/** @param {Figures.FirstPaint} page @param {Address} address @param {number} now ms of the reader's clock @returns {State} */
export function begin(page, address, now) {
  const parts = { figures: nothing(), people: nothing(), breakdown: nothing(), side: nothing(), months: nothing() };
  const clock = Date.parse(page.now) - now;
  const today = dayIn(now + clock, page.timezone);
  return { address, metrics: page.metrics, zone: page.timezone, clock, today, parts };
}

/** @param {State} state @param {Event} event @returns {State} */
export function reduce(state, event) {
  switch (event.type) {
    case "address":
      return { ...state, address: event.address, today: dayIn(event.now + state.clock, state.zone) };
    case "ask":
      return withPart(state, event.part, (part) => (part.asked === event.asked ? part : { ...part, asked: event.asked, error: "" }));
    case "answer":
      return takeAnswer(state, event);
    case "fail":
      return ifCurrent(state, event, (part) => ({ ...part, error: event.error, status: event.status }));
    default:
      return state;
  }
}

/** @param {State} state @param {Event & { type: "answer" }} event @returns {State} */
function takeAnswer(state, event) {
  const { part, asked, answer, now } = event;
  const held = state.parts[part];
  if (held.answered === asked && isOlder(answer, held.answer)) return state;
  const next = ifCurrent(state, event, (held) => ({ ...held, answered: asked, answer, error: "", status: 0 }));
  if (next === state || part !== "figures" || !answer?.metadata) return next;
  // The answer says in which zone its days lie; "store" is said of stores in several zones.
  const zone = answer.metadata.timezone === "store" ? state.zone : answer.metadata.timezone;
  return { ...next, zone, today: dayIn(now + state.clock, zone) };
}

/** Two calls with one question may be answered in the other order. @param {any} answer @param {any} held */
function isOlder(answer, held) {
  const [at, known] = [answer?.metadata?.as_of, held?.metadata?.as_of];
  return Boolean(at && known) && compareInstants(at, known) < 0;
}

/** @param {State} state @param {{ part: Part, asked: string }} event @param {(part: Held) => Held} change */
function ifCurrent(state, event, change) {
  return withPart(state, event.part, (part) => (part.asked === event.asked ? change(part) : part));
}

/** @param {State} state @param {Part} name @param {(part: Held) => Held} change @returns {State} */
function withPart(state, name, change) {
  const part = change(state.parts[name]);
  return part === state.parts[name] ? state : { ...state, parts: { ...state.parts, [name]: part } };
}

/** Whether what is shown of a part belongs to an earlier question. @param {Held} part */
export function isWaiting(part) {
  return part.asked !== part.answered && !part.error;
}
