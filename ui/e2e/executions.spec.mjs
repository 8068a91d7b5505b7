// One execution and what it touched: snapshots, exit calls, errors, backends, tiers and nodes.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  accessible,
  applicationPath,
  DATA_TIMEOUT_MS,
  fits,
  nav,
  page,
  picture,
  rowLinks,
  url,
} from "./walk.mjs";

/** Opens the first snapshot of a business transaction's verdict from the scorecard; false when there is none. */
async function openFromScorecard(label) {
  const link = page.getByRole("listitem").getByRole("link", { name: new RegExp(`^${label} `) });
  const count = Number((await link.textContent()).replace(/^.*%/, "").replace(/\D/g, ""));
  if (count === 0) return false;
  await link.click();
  await page.waitForURL(/verdicts=/);
  const first = rowLinks("Snapshots").first();
  await first.waitFor();
  await first.click();
  await page.getByRole("tab", { name: "Overview" }).waitFor();
  return true;
}

/** Waits until the rows are those of the filter. */
async function onlyErrors() {
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('[role="table"][aria-label="Snapshots"] [role="row"]')].slice(
      1,
    );
    return rows.length > 0 && rows.every((row) => row.children[1].textContent === "Error");
  });
}

/** Opens the addresses one after the other until something is there. */
async function firstWith(paths, locator) {
  for (const path of paths) {
    await page.goto(url + path);
    await page.getByRole("tab", { name: "Overview" }).waitFor();
    if ((await locator.count()) > 0) return true;
  }
  return false;
}

before(async () => {
  await page.goto(url + (await applicationPath()));
});

test("a business transaction has its chart, and leads to a slow snapshot", async () => {
  await nav("Business transactions");
  await page.getByRole("button", { name: "Slow" }).click();
  await page.getByRole("button", { name: "Slow" }).focus();
  await page.waitForURL(/sort=-slow/);
  await rowLinks("Business transactions").first().click();
  const chart = page.getByRole("img", { name: /^Response time: Average between/ });
  await chart.waitFor();
  await picture("business-transaction");
  assert.ok((await chart.locator("canvas").boundingBox()).width > 200, "the chart is drawn");
  await accessible();
  await fits();
  const opened =
    (await openFromScorecard("Slow")) ||
    (await openFromScorecard("Very slow")) ||
    (await openFromScorecard("Stall"));
  assert.ok(
    opened,
    "the business transaction with the greatest share of slow executions has a slow snapshot",
  );
  await page
    .getByRole("button", { name: /^Tier .*, node/ })
    .first()
    .waitFor();
  await picture("snapshot");
  await accessible();
  await fits();
});

test("USER DATA shows what the program said", async () => {
  await page.getByRole("tab", { name: "USER DATA", exact: true }).click();
  const panel = page.getByRole("tabpanel");
  await panel.getByRole("term").first().waitFor();
  assert.ok((await panel.getByRole("definition").first().textContent()).length > 0);
  assert.match(page.url(), /tab=user-data/);
  await picture("user-data");
  await accessible();
});

test("Exit Calls and Async Activities shows optional properties", async () => {
  await page.getByRole("tab", { name: "Overview" }).click();
  await page
    .getByRole("button", { name: /^Exit call / })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "Exit Calls and Async Activities", exact: true });
  await dialog.waitFor();
  const optional = dialog.locator("section", {
    has: page.getByRole("heading", { name: "Optional properties" }),
  });
  const next = dialog.getByRole("button", { name: "Next exit call" });
  while ((await optional.getByRole("term").count()) === 0 && (await next.isEnabled())) await next.click();
  assert.ok((await optional.getByRole("term").count()) > 0, "an exit call with optional properties");
  const identifying = dialog.locator("section", {
    has: page.getByRole("heading", { name: "Identifying properties" }),
  });
  assert.ok((await identifying.getByRole("term").count()) > 0, "with identifying properties");
  await picture("exit-call");
  await accessible();

  const link = page.url();
  assert.match(link, /exit=/);
  await page.goto(link);
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("an error snapshot shows its stack", async () => {
  await nav("Snapshots");
  await page.getByRole("group", { name: "Verdicts" }).getByRole("button", { name: "Error" }).click();
  await page.waitForURL(/verdicts=ERROR/);
  await onlyErrors();
  await fits();
  await accessible();
  await rowLinks("Snapshots").first().click();
  await page.getByRole("tab", { name: "Error Details" }).click();
  const stack = page.getByRole("region", { name: "Stack" }).first();
  await stack.waitFor();
  assert.match(await stack.textContent(), /File ".*", line \d+|\bat .+:\d+:\d+/);
  await picture("error-snapshot");
  await accessible();
});

test("an exit call leads to the segment on the tier it reached", async () => {
  await nav("Snapshots");
  await page.getByRole("group", { name: "Verdicts" }).getByRole("button", { name: "Error" }).click();
  await page.waitForURL(/verdicts=ERROR/);
  await onlyErrors();
  const table = page.getByRole("table", { name: "Snapshots" });
  const heads = await table.getByRole("columnheader").allTextContents();
  const calling = await table
    .getByRole("row")
    .evaluateAll(
      (rows, column) =>
        rows.flatMap((row) =>
          Number(row.children[column].textContent) > 0 ? row.querySelector("a").pathname : [],
        ),
      heads.indexOf("Exit calls"),
    );
  // The oldest first: there all tiers have reported.
  const joined = await firstWith(
    calling.reverse().slice(0, 10),
    page.getByRole("group", { name: "Segments" }),
  );
  assert.ok(joined, `a failed execution over two tiers among ${calling.length} with exit calls`);
  await page
    .getByRole("button", { name: /^Exit call .* →/ })
    .first()
    .click();
  await page.getByRole("link", { name: /^Its segment on tier/ }).click();
  await page.waitForURL(/segment=/);
  assert.equal(
    await page.getByRole("group", { name: "Segments" }).getByRole("button", { pressed: true }).count(),
    1,
  );
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("one business transaction crosses Node.js, Python and Node.js", async () => {
  await nav("Business transactions");
  await page.getByRole("searchbox").fill("/account/register");
  await rowLinks("Business transactions").filter({ hasText: "/account/register" }).first().click();
  const map = page.locator("section", {
    has: page.getByRole("heading", { name: "Flow map of this business transaction" }),
  });
  const tiers = map.getByRole("link", { name: /^Tier / });
  await tiers.nth(2).waitFor({ timeout: DATA_TIMEOUT_MS });
  const titles = await tiers.evaluateAll((links) => links.map((link) => link.title).sort());
  assert.deepEqual(
    titles.map((title) => title.split(", ").slice(0, 2).join(", ")),
    ["Tier front, Python", "Tier mail, Node.js", "Tier web, Node.js"],
  );
  await picture("three-tiers");
  await map.getByRole("button", { name: "As a table" }).click();
  const rows = page.getByRole("table", { name: "Calls between tiers and backends" }).getByRole("row");
  const calls = await rows.evaluateAll((all) =>
    all.slice(1).map((row) => [row.children[0].textContent, row.children[1].textContent].join(" → ")),
  );
  for (const call of ["web → front", "front → mail"]) assert.ok(calls.includes(call), `${call} in ${calls}`);
  await map.getByRole("button", { name: "As a map" }).click();

  // The first execution is kept on every tier; the newest may still be on its way from one.
  const paths = await rowLinks("Snapshots").evaluateAll((links) => [
    ...new Set(links.map((link) => link.pathname).filter((path) => path.includes("/snapshots/"))),
  ]);
  const segments = page.getByRole("group", { name: "Segments" }).getByRole("button");
  assert.ok(await firstWith(paths.reverse(), segments.nth(3)), `a whole one among ${paths.length} snapshots`);
  const words = await segments.allTextContents();
  assert.deepEqual(
    words.map((text) => text.replace(/[\d.,]+\s*(ms|s|µs)$/, "").trim()),
    ["All 3 segments", "web", "front", "mail"],
  );
  await page.getByRole("tab", { name: "USER DATA", exact: true }).click();
  const said = page.getByRole("tabpanel");
  for (const key of ["user agent", "mail", "to"])
    await said.getByRole("term").getByText(key, { exact: true }).waitFor();
  await picture("three-tier-snapshot");
});

test("a backend's dashboard has its identifying properties in the upper right", async () => {
  await nav("Remote services");
  await rowLinks("Remote services and databases").first().waitFor();
  await accessible();
  await page.getByRole("combobox", { name: "Type" }).selectOption("DB");
  await rowLinks("Remote services and databases").first().click();
  const panel = page.getByRole("region", { name: "Properties" });
  await panel.waitFor();
  await picture("backend");
  const { x, y } = await panel.boundingBox();
  assert.ok(x > 720 && y < 300, `upper right, not at ${x}, ${y}`);
  assert.ok((await panel.getByRole("term").count()) >= 2, "the type and at least one identifying property");
  await accessible();
  await fits();
});

test("tiers and nodes say how they are", async () => {
  await nav("Tiers & nodes");
  await page.getByText("Reporting").first().waitFor();
  await picture("tiers");
  await accessible();
  await fits();
  await page.getByRole("table").first().getByRole("button").first().click();
  await page.getByRole("dialog").getByRole("heading", { name: "Ledger of business transactions" }).waitFor();
  await accessible();
  await page.keyboard.press("Escape");
});
