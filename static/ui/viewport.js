/** Calculates which rows of a long list of equal heights must be in the document. Pure. */

/** Rows drawn beyond each edge, so that scrolling shows no blank area. */
export const OVERSCAN = 30;
/** This many of the newest rows are always drawn, whatever the height of the screen. */
export const TOP_ROWS = 100;

/**
 * @param {{ scrollTop: number, height: number, rowHeight: number, count: number }} view pixels, rows
 * @returns {{ start: number, end: number }} rows start..end-1
 */
export function rowsToDraw({ scrollTop, height, rowHeight, count }) {
  const first = Math.floor(scrollTop / rowHeight);
  const visible = Math.ceil(height / rowHeight);
  // The start moves in steps, so that scrolling by one row does not rewrite both ends of the list.
  const start = Math.max(0, Math.floor((first - OVERSCAN) / 10) * 10);
  const end = Math.min(count, Math.max(first + visible + OVERSCAN, start === 0 ? TOP_ROWS : 0));
  return { start: Math.min(start, Math.max(0, end - 1)), end };
}
