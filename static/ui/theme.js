/** Sets the reader's theme, density and chart choice on <html> before the first paint, to prevent flicker. */
(() => {
  const root = document.documentElement;
  /** @param {string} name */
  const recall = (name) => {
    try {
      return localStorage.getItem(`invoicedash.${name}`);
    } catch {
      return null;
    }
  };
  for (const name of /** @type {const} */ (["theme", "density", "chart"])) {
    const value = recall(name);
    if (value) root.dataset[name] = value;
  }
})();
