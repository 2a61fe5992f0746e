/** Panels that open below a button: `<details class="pick">` with a `.pick-panel`. */
import { find } from "./dom.js";

/** One panel is open at a time; a click elsewhere and Esc close it. */
export function mountPicks() {
  const picks = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll("details.pick")]);
  for (const pick of picks) {
    pick.addEventListener("toggle", () => {
      if (!pick.open) return;
      for (const other of picks) if (other !== pick) other.open = false;
      place(pick);
    });
    pick.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !pick.open) return;
      event.stopPropagation();
      pick.open = false;
      find("summary", pick).focus();
    });
  }
  document.addEventListener("click", (event) => {
    for (const pick of picks) if (event.target instanceof Node && !pick.contains(event.target) && event.target.isConnected) pick.open = false;
  });
}

/** Keeps a panel within the window. @param {HTMLDetailsElement} pick */
function place(pick) {
  const panel = find(".pick-panel", pick);
  panel.style.translate = "0";
  const { left, right } = panel.getBoundingClientRect();
  const over = Math.min(left - 8, Math.max(0, right - document.documentElement.clientWidth + 8));
  panel.style.translate = `${-over}px`;
}
