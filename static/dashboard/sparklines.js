/** Draws the cards' sparklines: the last five minutes, also after a reload. */
import { CARD_VALUES, condense, sparkPath } from "./seconds.js";

const SECONDS = 300;
const STEPS = 60;

/** @param {import("./timeline.js").Timeline} timeline */
export function mountSparklines(timeline) {
  const sparks = [...document.querySelectorAll("svg[data-spark]")].map((svg) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.append(line);
    return { line, value: CARD_VALUES[svg.getAttribute("data-spark") ?? ""] };
  });
  timeline.subscribe(() => {
    for (const { line, value } of sparks) {
      if (value) line.setAttribute("d", sparkPath(condense(timeline.samples, timeline.now, SECONDS, STEPS, value)));
    }
  });
}
