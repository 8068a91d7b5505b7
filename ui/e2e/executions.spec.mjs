// One execution and what it touched: snapshots, exit calls, errors, backends, tiers and nodes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  accessible,
  api,
  applicationPath,
  complaints,
  DATA_TIMEOUT_MS,
  dialog,
  fits,
  nav,
  page,
  picture,
  rowLinks,
  rowOf,
  sure,
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
    return rows.length > 0 && rows.every((row) => row.children[2].textContent === "Error");
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

test("a business transaction has its chart, and leads to a slow snapshot", async () => {
  await page.goto(url + (await applicationPath()));
  await nav("Business transactions");
  await page.waitForURL(/business-transactions/);
  const slow = page.getByRole("columnheader").getByRole("button", { name: "Slow" });
  await slow.click();
  await slow.focus();
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

/** The first row of the list whose execution called something, by its link. */
async function firstThatCalls() {
  const table = page.getByRole("table", { name: "Snapshots" });
  await onlyErrors();
  const heads = await table.getByRole("columnheader").allTextContents();
  const at = await table
    .getByRole("row")
    .evaluateAll(
      (rows, column) =>
        rows.findIndex((row, index) => index > 0 && Number(row.children[column].textContent) > 0),
      heads.indexOf("Exit calls"),
    );
  assert.ok(at > 0, "a failed execution with exit calls");
  return table.getByRole("row").nth(at).getByRole("link");
}

test("four clicks lead from the applications to the failing exit call", async () => {
  await page.goto(`${url}/applications`);
  const app = (await applicationPath()).split("/").at(-1);
  await page.locator(`a[href*="/applications/${app}"]`).first().click();
  await page
    .getByRole("listitem")
    .getByRole("link", { name: /^Error / })
    .click();
  await page.waitForURL(/verdicts=ERROR/);
  await (await firstThatCalls()).click();
  await page
    .getByRole("region", { name: "What to look at" })
    .getByRole("button", { name: /→ .* failed/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "Exit Calls and Async Activities" });
  await dialog.getByRole("heading", { name: "Errors" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("an execution has a flow map of its own", async () => {
  await page.getByRole("tab", { name: "Flow map" }).click();
  await page.waitForURL(/tab=flow-map/);
  await page
    .getByRole("tabpanel")
    .getByRole("link", { name: /^Tier / })
    .first()
    .waitFor();
  await page
    .getByText(/^\d+ calls?$/)
    .first()
    .waitFor();
  await picture("execution-map");
  await accessible();
});

test("a snapshot is kept for ever, found again, and downloaded", async () => {
  const guid = new URL(page.url()).pathname.split("/").at(-1);
  const actions = page.getByRole("button", { name: "Actions for this snapshot" });
  await actions.click();
  await page.getByRole("menuitem", { name: "Keep for ever" }).click();
  await page.getByTitle("Kept for ever").waitFor();
  await page.goto(`${url}${await applicationPath()}/snapshots?archived=true`);
  await page.locator(`a[href*="${guid}"]`).first().click();
  await actions.click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Download as one file" }).click(),
  ]);
  assert.equal(JSON.parse(readFileSync(await file.path(), "utf8")).guid, guid);
  await actions.click();
  await page.getByRole("menuitem", { name: "Keep no longer than others" }).click();
  await page.getByTitle("Kept for ever").waitFor({ state: "detached" });
});

test("two snapshots stand side by side", async () => {
  await page.getByRole("button", { name: /^Compare with another/ }).click();
  const others = page.getByRole("dialog").getByRole("table").getByRole("link");
  await others.first().waitFor();
  await accessible();
  await page.keyboard.press("Escape");
  await page.goto(`${url}${await applicationPath()}/snapshots`);
  const marks = page.getByRole("checkbox", { name: /^Compare / });
  await marks.nth(1).check();
  await marks.nth(2).check();
  await page.getByRole("link", { name: "Compare the two" }).click();
  const table = page.getByRole("table", { name: "Where the time went" });
  await table.getByRole("row").nth(1).waitFor();
  await picture("compare");
  await accessible();
  await fits();
  const { searchParams } = new URL(page.url());
  await page.getByRole("button", { name: "Change sides" }).click();
  await page.waitForURL((next) => next.searchParams.get("a") === searchParams.get("b"));
});

test("errors are grouped by type and tier, and lead to their places and snapshots", async () => {
  await nav("Errors");
  await rowLinks("Errors").first().waitFor();
  await picture("errors");
  await accessible();
  await fits();
  await page.getByRole("searchbox").fill("expired");
  await page.waitForURL(/q=expired/);
  await rowLinks("Errors").first().click();
  await page.getByRole("heading", { level: 2, name: "Where they come from" }).waitFor();
  await page.getByRole("img", { name: /^Errors: / }).waitFor();
  await rowLinks("Business transactions they happened in").first().waitFor();
  await picture("error");
  await accessible();
  await fits();
  await rowLinks("Newest snapshots").first().click();
  await page.getByRole("tab", { name: "Error Details", selected: true }).waitFor();
  // What was raised stands above everything else, with its line, and leads to its stack.
  await page.getByRole("tab", { name: "Overview" }).click();
  await page
    .getByRole("region", { name: "What to look at" })
    .getByRole("button", { name: /expired.*\.py:\d+/i })
    .click();
  await page.getByRole("tab", { name: "Error Details", selected: true }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 2, name: "Where they come from" }).waitFor();
});

test("a remote service is renamed, resolved to a tier, and its own again", async () => {
  const path = await applicationPath();
  const now = Date.now();
  const all = await api("GET", `${path}/backends?from=${now - 3600e3}&to=${now}`);
  const { id, name } = all.find((one) => one.exitType === "CACHE" || one.exitType === "DB");
  await page.goto(`${url}${path}/backends/${id}`);
  const act = async (item) => {
    await page.getByRole("button", { name: /^Actions for / }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await act("Rename…");
  await page.waitForURL(/open=rename/);
  await page.getByRole("textbox", { name: "Name" }).fill("the <b>ledger</b>");
  await accessible();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "the <b>ledger</b>" }).waitFor();
  await act("Resolve to a tier…");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await page.getByText("Resolved to tier").waitFor();
  const tier = page.locator("header").getByRole("link", { name: /.+/ }).last();
  assert.ok(await tier.textContent());
  await act("It is not a tier");
  await page.getByText("Resolved to tier").waitFor({ state: "detached" });
  await act("Let agents decide");
  await act("Rename…");
  await page.getByRole("textbox", { name: "Name" }).fill("");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
});

test("what is not a tier is undone on the page of the tier, too", async () => {
  const path = await applicationPath();
  const { tiers } = await api("GET", path);
  const now = Date.now();
  const all = await api("GET", `${path}/backends?from=${now - 3600e3}&to=${now}`);
  const { id, name } = all.find((one) => one.exitType === "DB");
  await api("POST", `${path}/backends/${id}/administration`, { action: "resolve", tierId: tiers[0].id });
  await page.goto(`${url}${path}/tiers?tier=${tiers[0].id}`);
  const undo = page.getByRole("button", { name: `Undo: ${name} is not this tier` });
  await undo.waitFor();
  await accessible();
  await undo.click();
  await undo.waitFor({ state: "detached" });
  await page.goto(`${url}${path}/backends/${id}`);
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  assert.equal(await page.getByText("Resolved to tier").count(), 0);
  await api("POST", `${path}/backends/${id}/administration`, { action: "automatic" });
});

test("a remote service is deleted, and found again when it is called", async () => {
  const path = await applicationPath();
  const now = Date.now();
  const all = await api("GET", `${path}/backends?from=${now - 3600e3}&to=${now}`);
  const { id, name } = all.find((one) => one.exitType === "DB");
  await page.goto(`${url}${path}/backends/${id}`);
  await page.getByRole("button", { name: /^Actions for / }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("alertdialog").getByText("until it is called again").waitFor();
  await accessible();
  const before = complaints.length;
  await sure("Delete");
  await page.getByText(`${name} is deleted.`).first().waitFor();
  await page.waitForURL(/\/backends(\?|$)/);
  // Its own page may have asked for it once more before it was left.
  complaints.splice(before);
  const again = page.locator(`a[href*="/backends/${id}"]`).first();
  await again.waitFor({ timeout: DATA_TIMEOUT_MS });
});

test("tiers and nodes say how they are", async () => {
  await nav("Tiers & nodes");
  await page.getByText("Reporting").first().waitFor();
  await picture("tiers");
  await accessible();
  await fits();
  await page.getByRole("row").filter({ hasText: "Reporting" }).first().getByRole("button").first().click();
  const drawer = dialog();
  await drawer.getByRole("heading", { name: "Ledger of business transactions" }).waitFor();
  await drawer.getByRole("term").getByText("Agent's memory").waitFor();
  await drawer.getByRole("region", { name: "Configuration in force" }).first().waitFor();
  await picture("node");
  await accessible();
  const node = await drawer.getByRole("heading", { level: 2 }).textContent();
  await drawer.getByRole("button", { name: "Leave out of lists…" }).click();
  await page.getByRole("alertdialog").getByText("until it reports again").waitFor();
  await accessible();
  await sure("Leave out");
  await page.getByText(`${node} is left out of lists.`).first().waitFor();
  await rowOf("Nodes", node).waitFor({ timeout: DATA_TIMEOUT_MS });
});
