/** The list of conditions on the system page: one sentence for each condition that holds now. */
import { bound, find } from "../ui/dom.js";
import { makeTime } from "../ui/time.js";

/** Draws the conditions of a status; the list of events announces those that come and go. */
export class ConditionList {
  #list = find("[data-conditions]");
  #shown = "";

  /** @param {Wire.Condition[]} conditions */
  draw(conditions) {
    const text = JSON.stringify(conditions);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#list.replaceChildren(...conditions.map(makeItem));
    bound("no-conditions").hidden = conditions.length > 0;
  }
}

/** @param {Wire.Condition} condition */
function makeItem(condition) {
  const item = document.createElement("li");
  item.append(makeText("code", condition.name), makeText("span", condition.subject, "subject"));
  item.append(makeText("span", condition.sentence, "sentence"), makeTime(condition.since));
  return item;
}

/** @param {string} tag @param {string} text @param {string} [className] */
function makeText(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}
