// From the applications to one business transaction.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accessible,
  api,
  applicationPath,
  DATA_TIMEOUT_MS,
  fits,
  nav,
  page,
  picture,
  rowLinks,
  url,
} from "./walk.mjs";

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

test("the lines for another program name the real address and key", async () => {
  await page.goto(`${url}/applications`);
  await page.getByRole("button", { name: "Connect a program" }).click();
  for (const [language, words] of [
    ["Python", "pip install"],
    ["Node.js", "npm install"],
    ["Rust", "cargo add tierline"],
    ["OpenTelemetry", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"],
  ]) {
    await page.getByRole("tab", { name: language }).click();
    const panel = page.getByRole("tabpanel");
    await panel.getByText(words).first().waitFor();
    assert.match(await panel.textContent(), /127\.0\.0\.1/, language);
    if (process.env.TIERLINE_ACCESS_KEY)
      assert.ok((await panel.textContent()).includes(process.env.TIERLINE_ACCESS_KEY), language);
  }
  assert.match(page.url(), /language=opentelemetry/);
  await picture("connect");
  await accessible();
  await fits();
});

test("an empty controller says what to type, and shows the first report by itself", async () => {
  const path = /\/api\/applications\?/;
  await page.route(path, (route) => route.fulfill({ json: [] }));
  await page.goto(`${url}/applications`);
  await page.getByRole("heading", { name: /^Nothing has reported yet/ }).waitFor();
  await page.getByText(/^Waiting for the first report/).waitFor();
  await picture("first-run");
  await accessible();
  await page.unroute(path);
  await page.getByRole("heading", { level: 2 }).getByRole("link").first().waitFor();
});

test("a deployment is among the recent events and marked on the charts", async () => {
  const base = await applicationPath();
  const summary = `Release ${Date.now()}`;
  await api("POST", `${base}/events`, { type: "APPLICATION_DEPLOYMENT", summary });
  await page.goto(url + base);
  const events = page.getByRole("region", { name: "Recent events" });
  await events.getByText(summary).waitFor();
  await page.getByRole("region", { name: "Open violations" }).waitFor();
  const chart = page.getByRole("img", { name: /^Response time: / });
  await chart.scrollIntoViewIfNeeded();
  // The minute that is running is the last step: the pointer there names what happened in it.
  const { x, y, width, height } = await chart.boundingBox();
  for (let step = 0; step < 40 && (await page.locator("figure").getByText(summary).count()) === 0; step += 1)
    await page.mouse.move(x + width - 17 - step, y + height / 2);
  await page.locator("figure").getByText(summary).first().waitFor();
});

/** Chooses an entry of the menu of a business transaction in the list. */
async function act(name, entry) {
  await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

const said = (words) => page.getByRole("region", { name: "Messages" }).getByText(words).waitFor();
const nameOfRow = (name) => rowLinks("Business transactions").filter({ hasText: name });

test("a business transaction gets another name, and its own back", async () => {
  await page.goto(`${url}${await applicationPath()}/business-transactions`);
  await act("/catalogue", "Rename…");
  const dialog = page.getByRole("dialog", { name: "Rename business transaction" });
  await accessible();
  // Open windows are addresses: a link opens them again, back closes them.
  await page.reload();
  await dialog.getByLabel("Name").fill("What there is to buy");
  await picture("rename");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await said("Renamed to What there is to buy.");
  await nameOfRow("What there is to buy").waitFor();
  await act("What there is to buy", "Rename…");
  await dialog.getByLabel("Name").fill("");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await nameOfRow("/catalogue").waitFor();
});

test("several are put into a group, seen together, and taken out", async () => {
  for (const name of ["/catalogue", "/search"])
    await page.getByLabel(`Choose ${name}`, { exact: true }).check();
  await page.getByText("2 chosen").waitFor();
  await page.getByRole("button", { name: "Put into a group…" }).click();
  const dialog = page.getByRole("dialog", { name: /into a group/ });
  await dialog.getByLabel("Group").fill("Browsing");
  await dialog.getByRole("button", { name: "Group" }).click();
  await said("2 business transactions put into Browsing.");
  await page.getByRole("combobox", { name: "Group" }).selectOption("Browsing");
  await page.getByRole("heading", { name: "Group Browsing" }).waitFor();
  assert.equal(await rowLinks("Business transactions").count(), 2);
  await picture("group");
  await accessible();
  await page.getByRole("button", { name: "Rename group…" }).click();
  await page.getByRole("dialog").getByLabel("Group").fill("Looking around");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { name: "Group Looking around" }).waitFor();
  for (const name of ["/catalogue", "/search"])
    await page.getByLabel(`Choose ${name}`, { exact: true }).check();
  await page.getByRole("button", { name: "Put into a group…" }).click();
  await dialog.getByLabel("Group").fill("");
  await dialog.getByRole("button", { name: "Take out of its group" }).click();
  await said("2 business transactions taken out of groups.");
});

test("one is excluded and brought back", async () => {
  await page.goto(`${url}${await applicationPath()}/business-transactions`);
  await act("/search", "Exclude…");
  const question = page.getByRole("alertdialog");
  await accessible();
  await question.getByRole("button", { name: "Exclude" }).click();
  await said("1 business transaction excluded.");
  await nameOfRow("/search").waitFor({ state: "detached" });
  await page.getByRole("combobox", { name: "Show" }).selectOption("excluded");
  await picture("excluded");
  await accessible();
  await page
    .getByRole("row")
    .filter({ hasText: "/search" })
    .getByRole("button", { name: "Bring back" })
    .click();
  await page.getByText("Nothing is excluded").waitFor();
  await page.getByRole("combobox", { name: "Show" }).selectOption("");
  await nameOfRow("/search").waitFor();
});

test("one is deleted, and found again when it runs", async () => {
  await act("/catalogue", "Delete…");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await said("1 business transaction deleted.");
  await nameOfRow("/catalogue").waitFor({ timeout: DATA_TIMEOUT_MS });
});

test("one gets thresholds of its own, checked before they are sent", async () => {
  await act("/login", "Thresholds…");
  const dialog = page.getByRole("dialog", { name: "Thresholds", exact: true });
  await dialog.getByRole("radio", { name: /Its own/ }).check();
  const slow = dialog.getByRole("group", { name: "Slow", exact: true });
  await slow.getByLabel("Above").selectOption("static");
  await slow.getByLabel("Time").fill("soon");
  assert.ok(await dialog.getByRole("button", { name: "Save" }).isDisabled());
  await slow.getByText("A number above 0 is needed here.").waitFor();
  await picture("thresholds");
  await accessible();
  await slow.getByLabel("Time").fill("4321");
  await dialog.getByRole("button", { name: "Save" }).click();
  await said(/^Thresholds of \/login saved/);
  await act("/login", "Thresholds…");
  assert.equal(await slow.getByLabel("Time").inputValue(), "4321");
  await dialog.getByRole("radio", { name: /Those of the application/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
});

test("a diagnostic session is started, seen and stopped", async () => {
  await nameOfRow("/login").first().click();
  await page.getByRole("button", { name: "Actions for /login" }).click();
  await page.getByRole("menuitem", { name: "Start diagnostic session…" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a diagnostic session" });
  await dialog.getByLabel("Minutes").fill("many");
  assert.ok(await dialog.getByRole("button", { name: "Start" }).isDisabled());
  await dialog.getByLabel("Minutes").fill("2");
  await dialog.getByRole("button", { name: "Start" }).click();
  const running = page.getByText(/A diagnostic session is running until/);
  await running.waitFor();
  // Slow requests of the demo may begin one of their own afterwards, which ends at another time.
  const mine = await running.textContent();
  await picture("session");
  await accessible();
  await page.getByRole("button", { name: "Stop it" }).click();
  await page.getByText(mine, { exact: true }).waitFor({ state: "detached" });
});

test("a name is brought out of All Other Traffic and left to it again", async () => {
  await page.goto(`${url}${await applicationPath()}/business-transactions?view=other`);
  await page.getByLabel("Name of a business transaction").fill("/rarely/called");
  await page.getByRole("button", { name: "Report apart" }).last().click();
  const item = page.getByRole("listitem").filter({ hasText: "/rarely/called" });
  await item.waitFor();
  await picture("other-traffic");
  await accessible();
  await fits();
  await item.getByRole("button", { name: "Leave to the limit" }).click();
  await item.waitFor({ state: "detached" });
});

test("who may only look is offered nothing else", async () => {
  await page.route("**/api/session", async (route) => {
    const answer = await route.fetch();
    const session = await answer.json();
    await route.fulfill({ response: answer, json: { ...session, permissions: ["view-applications"] } });
  });
  await page.goto(`${url}${await applicationPath()}/business-transactions?act=rename&on=1`);
  await rowLinks("Business transactions").first().waitFor();
  assert.equal(await page.getByRole("button", { name: /^Actions for/ }).count(), 0);
  assert.equal(await page.getByRole("checkbox").count(), 0);
  await page.unroute("**/api/session");
});

test("the pages fit a tablet and are as accessible in the dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  const base = await applicationPath();
  for (const width of [1024, 768]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ["/applications?connect=true", base, `${base}/business-transactions`]) {
      await page.goto(url + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await accessible();
      await fits();
    }
  }
});
