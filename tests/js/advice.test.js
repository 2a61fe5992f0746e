import assert from "node:assert/strict";
import { test } from "node:test";

import { adviceFor, completeAddress, keysPage } from "../../static/stores/advice.js";

test("each problem of a shop has its advice", () => {
  for (const rule of ["wrong-key", "read-only-key", "permalinks", "not-woocommerce", "unreachable", "certificate", "address"]) {
    assert.ok(adviceFor(rule).length > 30, rule);
  }
  assert.equal(adviceFor("another"), "");
  assert.equal(adviceFor(null), "");
});

test("an address without a scheme means https, and loses its last slash", () => {
  assert.equal(completeAddress(" shop.example.com/ "), "https://shop.example.com");
  assert.equal(completeAddress("http://shop.example.com"), "http://shop.example.com");
  assert.equal(completeAddress(""), "");
});

test("the page of the keys belongs to the shop, and only web addresses have one", () => {
  assert.match(keysPage("shop.example.com/blog"), /^https:\/\/shop\.example\.com\/blog\/wp-admin\/admin\.php\?/);
  assert.equal(keysPage("javascript://x"), "");
  assert.equal(keysPage(""), "");
});
