/** Draws the cards' sparklines: the last five minutes, also after a reload. */
import { CARD_VALUES, condense, sparkArea, sparkPath } from "./seconds.js";

const SECONDS = 300;
const STEPS = 60;

/** @param {import("./timeline.js").Timeline} timeline */
export function mountSparklines(timeline) {
  const sparks = [...document.querySelectorAll("svg[data-spark]")].map((svg) => {
    const [area, line] = [addPath(svg, "spark-area"), addPath(svg, "spark-line")];
    return { area, line, value: CARD_VALUES[svg.getAttribute("data-spark") ?? ""] };
  });
  timeline.subscribe(() => {
    for (const { area, line, value } of sparks) {
      if (!value) continue;
      const values = condense(timeline.samples, timeline.now, SECONDS, STEPS, value);
      line.setAttribute("d", sparkPath(values));
      area.setAttribute("d", sparkArea(values));
    }
  });
}

/** @param {Element} svg @param {string} name */
function addPath(svg, name) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.classList.add(name);
  svg.append(path);
  return path;
}
