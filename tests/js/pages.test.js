import assert from "node:assert/strict";
import { test } from "node:test";

import * as pages from "../../static/invoices/pages.js";
import { invoice } from "./samples.js";

const { PAGE_SIZE, PAGES_NEAR } = pages;

/** A page as the server answers it. @param {number} index @param {string | null} next @returns {Wire.Page} */
function answer(index, next, size = PAGE_SIZE) {
  return { items: Array.from({ length: size }, (_, at) => invoice(index * PAGE_SIZE + at)), next };
}

/** A list with `count` full pages. @param {number} count */
function fill(count) {
  let list = pages.openPages(1, { before: "N-1" });
  for (let index = 0; index < count; index += 1) {
    list = pages.addPage(pages.startPage(list, index), index, answer(index, `c${index + 1}`));
  }
  return list;
}

test("an open list wants its first page", () => {
  assert.equal(pages.missingPage(pages.openPages(1, {}), 0, 0), 0);
});

test("a closed list wants none", () => {
  assert.equal(pages.missingPage(pages.closePages(), 0, 0), null);
});

test("the next page is wanted only near the end, and once", () => {
  const list = fill(1);
  assert.equal(pages.missingPage(list, 0, 50), null);
  assert.equal(pages.missingPage(list, 60, PAGE_SIZE), 1);
  assert.equal(pages.missingPage(pages.startPage(list, 1), 60, PAGE_SIZE), null);
});

test("after the last page nothing is wanted", () => {
  const list = pages.addPage(pages.startPage(pages.openPages(1, {}), 0), 0, answer(0, null, 3));
  assert.equal(pages.missingPage(list, 0, 10), null);
  assert.equal(pages.countRows(list), 3);
});

test("far pages are dropped, found missing again, and come back in their place", () => {
  const list = pages.dropFarPages(fill(PAGES_NEAR + 3), PAGES_NEAR + 2);
  assert.equal(pages.invoiceAt(list, 0), undefined);
  assert.equal(pages.countRows(list), (PAGES_NEAR + 3) * PAGE_SIZE);
  assert.equal(pages.missingPage(list, 0, 40), 0);
  const again = pages.addPage(pages.startPage(list, 0), 0, answer(0, "c1"));
  assert.equal(pages.invoiceAt(again, 7)?.id, 7);
});

test("ten thousand rows keep no more than the near pages in memory", () => {
  let list = pages.openPages(1, {});
  for (let index = 0; index < 100; index += 1) {
    list = pages.addPage(pages.startPage(list, index), index, answer(index, `c${index + 1}`));
    list = pages.dropFarPages(list, index);
  }
  assert.ok(list.pages.filter((page) => page.items).length <= PAGES_NEAR + 1);
});

test("a failed page is not fetched again until a retry is requested", () => {
  const failed = pages.failPage(pages.startPage(fill(1), 1), 1, "The database is away.");
  assert.equal(failed.error, "The database is away.");
  assert.equal(pages.missingPage(failed, 60, PAGE_SIZE), null);
  assert.equal(pages.missingPage({ ...failed, error: null }, 60, PAGE_SIZE), 1);
});

test("a query names the place it hangs below, the cursor and the feed", () => {
  const query = new URLSearchParams(pages.pageQuery(fill(1), 1, { feed: "demo" }));
  assert.deepEqual(Object.fromEntries(query), { feed: "demo", limit: "100", before: "N-1", cursor: "c1" });
});

test("a row that vanished between two fetches differs from a row that is not loaded", () => {
  const dropped = pages.dropFarPages(fill(PAGES_NEAR + 3), PAGES_NEAR + 2);
  const shorter = pages.addPage(pages.startPage(dropped, 0), 0, answer(0, "c1", PAGE_SIZE - 1));
  assert.equal(pages.invoiceAt(shorter, PAGE_SIZE - 1), null);
});
