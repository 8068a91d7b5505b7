// From the applications to one business transaction.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, DATA_TIMEOUT_MS, fits, nav, page, picture, rowLinks, url } from "./walk.mjs";

test("the applications show their load", async () => {
  await page.goto(`${url}/applications`);
  await page
    .getByRole("img", { name: /Calls per minute over the time range/ })
    .first()
    .waitFor({ timeout: DATA_TIMEOUT_MS });
  await picture("applications");
  await accessible();
  await fits();
});

test("the dashboard joins the tiers on the flow map", async () => {
  const application = process.env.TIERLINE_APP;
  const cards = page.getByRole("heading", { level: 2 }).getByRole("link");
  await (application ? cards.filter({ hasText: application }) : cards).first().click();
  await page.getByRole("heading", { name: "Flow map" }).waitFor();
  const tiers = page.getByRole("link", { name: /^Tier / });
  await tiers.nth(1).waitFor({ timeout: DATA_TIMEOUT_MS });
  const names = await tiers.evaluateAll((links) => links.map((link) => link.title.split(",")[0].slice(5)));
  assert.ok(names.length >= 2, `two tiers or more, not ${names}`);
  await accessible();
  await fits();

  await picture("dashboard");
  await page.getByRole("button", { name: "As a table" }).click();
  const rows = page.getByRole("table", { name: "Calls between tiers and backends" }).getByRole("row");
  const calls = await rows.evaluateAll((all) =>
    all.slice(1).map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  assert.ok(
    calls.some(([from, to]) => names.includes(from) && names.includes(to) && from !== to),
    `a call from one tier to another among ${JSON.stringify(calls)}`,
  );
  assert.ok(
    calls.some(([, to]) => !names.includes(to)),
    "a call to a database, cache, queue or remote service",
  );
  await page.getByRole("button", { name: "As a map" }).click();
});

test("the business transactions can be sorted and filtered, in the address", async () => {
  await nav("Business transactions");
  const names = () => rowLinks("Business transactions").allTextContents();
  await rowLinks("Business transactions").first().waitFor();
  await page.getByRole("button", { name: "Name" }).click();
  await page.waitForURL(/sort=name/);
  const sorted = await names();
  assert.deepEqual(
    sorted,
    [...sorted].sort(new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare),
  );
  await page.getByRole("searchbox").fill(sorted[0].slice(0, 4));
  await page.waitForURL(/q=/);
  assert.ok(
    (await names()).every((name) => name.toLowerCase().includes(sorted[0].slice(0, 4).toLowerCase())),
  );
  await accessible();
  await fits();
});
