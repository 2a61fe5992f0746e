/** Loads uPlot when a chart is first drawn, and gives a canvas the colours of the design. */

/** @param {string} address of uPlot's script @returns {Promise<void>} rejected where it is not installed */
export function loadPlot(address) {
  if (typeof uPlot !== "undefined") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = reject;
    document.head.append(script);
  });
}

/** A design token as a colour for a canvas. @param {string} token */
export function colour(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The font of a chart's axes; it grows with the text of the page. */
export function axisFont() {
  const pixels = Math.round(Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.786);
  return `${pixels}px ${getComputedStyle(document.body).fontFamily}`;
}
