/** The switches of theme and density; the choices are stored in this browser. */
import { remember } from "./dom.js";

export function mountPreferences() {
  mountSwitch("theme", "themeChoice", "system");
  mountSwitch("density", "densityChoice", "comfortable");
}

/** @param {"theme" | "density"} name @param {"themeChoice" | "densityChoice"} key @param {string} standard */
function mountSwitch(name, key, standard) {
  const attribute = `data-${name}-choice`;
  const buttons = [...document.querySelectorAll(`[${attribute}]`)].filter((each) => each instanceof HTMLButtonElement);
  const draw = () => {
    const chosen = document.documentElement.dataset[name] ?? standard;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset[key] === chosen));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const value = button.dataset[key] ?? standard;
      document.documentElement.dataset[name] = value;
      remember(name, value);
      draw();
      dispatchEvent(new Event("invoicedash:restyled"));
    });
  }
  draw();
}
