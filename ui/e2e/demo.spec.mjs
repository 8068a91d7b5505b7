// Clicks through the page as somebody who looks for a fault, on a controller with real data (`cargo xtask demo`).
// TIERLINE_URL, TIERLINE_USER (or TIERLINE_LOGIN) and TIERLINE_PASSWORD say where and who.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";

const url = process.env.TIERLINE_URL;
const user = process.env.TIERLINE_USER ?? process.env.TIERLINE_LOGIN ?? "admin@customer1";
const password = process.env.TIERLINE_PASSWORD;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long data may take to appear: an interval of the agents and a refresh of the page. */
const DATA_TIMEOUT_MS = 90_000;

let page;
let close;
const complaints = [];

before(async () => {
  assert.ok(url && password, "TIERLINE_URL and TIERLINE_PASSWORD must say which controller to look at");
  ({ page, close } = await openBrowser());
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // Before the login these two are answered 401, as they should be.
    const expected = message.text().includes("401") && /\/api\/(session|login)$/.test(message.location().url);
    if (message.type() === "error" && !expected) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) complaints.push(`a request left the controller: ${request.url()}`);
  });
});

after(async () => {
  await close?.();
});

/** A picture for people, when a folder for them is named. */
async function picture(name) {
  const folder = process.env.TIERLINE_SCREENSHOTS;
  if (!folder) return;
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Nothing that keeps people with a screen reader or a keyboard from using what is on screen. */
async function accessible() {
  await page.waitForLoadState("networkidle");
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { violations: all } = await globalThis.axe.run(document);
    return all
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  assert.deepEqual(violations, [], page.url());
}

/** Everything fits in the width of the screen. */
async function fits() {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(over, 0, `${page.url()} is ${over} px wider than the screen`);
}

const nav = (name) =>
  page.getByRole("navigation", { name: "Application" }).getByRole("link", { name }).click();
const rowLinks = (table) => page.getByRole("table", { name: table }).getByRole("cell").getByRole("link");

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

test("somebody who is not signed in is asked to, and a wrong password is refused", async () => {
  await page.goto(`${url}/applications`);
  await page.waitForURL(/\/login/);
  await accessible();
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(`not ${password}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
});

test("the applications show their load", async () => {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/applications/);
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

test("the name of the application leads to the others", async () => {
  const name = await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("button").textContent();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("button").click();
  await page.getByRole("menuitem", { name }).waitFor();
  await accessible();
  await page.keyboard.press("Escape");
});

test("the time range stands in the address and stays from page to page", async () => {
  await page.getByRole("button", { name: /^Time range/ }).click();
  await page.getByRole("button", { name: "Last 4 hours" }).click();
  await page.waitForURL(/range=4h/);
  assert.ok(await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("button").isVisible());
  await nav("Dashboard");
  await page.waitForURL(/range=4h/);
  await page.goBack();
  await page.waitForURL(/tiers.*range=4h/);
});

test("dragging on a chart chooses the time range", async () => {
  await nav("Dashboard");
  const chart = page.getByRole("img", { name: /^Calls\/min/ });
  await chart.waitFor();
  await chart.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await chart.boundingBox();
  await page.mouse.move(x + width * 0.5, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.8, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+/);
  assert.ok(await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("button").isVisible());
  await page.goBack();
});

test("dark is as accessible as light", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await nav("Dashboard");
  await page
    .getByRole("link", { name: /^Tier / })
    .first()
    .waitFor();
  await accessible();
  await nav("Snapshots");
  await rowLinks("Snapshots").first().waitFor();
  await accessible();
});

test("everything fits a small laptop", async () => {
  await page.setViewportSize({ width: 1024, height: 768 });
  for (const name of [
    "Dashboard",
    "Business transactions",
    "Snapshots",
    "Remote services",
    "Tiers & nodes",
  ]) {
    await nav(name);
    await page.waitForLoadState("networkidle");
    await fits();
  }
});

test("a controller that cannot be reached is said, and the old figures stay", async () => {
  await nav("Dashboard");
  const calls = page.getByRole("definition").first();
  await calls.waitFor();
  const before = complaints.length;
  await page.route("**/api/**", (route) => route.abort());
  await page.getByText("The controller cannot be reached.").waitFor({ timeout: 30_000 });
  assert.match(await calls.textContent(), /\d/);
  await page.unroute("**/api/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("The controller cannot be reached.").waitFor({ state: "detached" });
  complaints.splice(before);
});

test("a login that ended leads to the login page, and from there back", async () => {
  const before = complaints.length;
  await page.evaluate(async () => {
    const { csrfToken } = await (await fetch("/api/session")).json();
    await fetch("/api/logout", {
      method: "POST",
      headers: { "x-csrf-token": csrfToken, "content-type": "application/json" },
      body: "{}",
    });
  });
  await page.waitForURL(/\/login\?next=/, { timeout: 30_000 });
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Flow map" }).waitFor();
  complaints.splice(before);
});

test("nothing went wrong on the way: no error, nothing the security policy refused, no call elsewhere", () => {
  assert.deepEqual(complaints, []);
});
