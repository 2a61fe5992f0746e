/** The reader's theme, density and open chart, put on <html> before the first paint so that nothing flashes. */
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
