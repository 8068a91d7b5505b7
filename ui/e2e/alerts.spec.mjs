// What is watched: metrics, and a health rule from its making to the webhook that tells of its violation.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { openMailbox } from "./mailbox.mjs";
import {
  accessible,
  actOn,
  api,
  applicationPath,
  dialog,
  fits,
  nav,
  openTab,
  page,
  password,
  picture,
  rowOf,
  sure,
  url,
  user,
} from "./walk.mjs";

/** The controller looks once a minute, twenty seconds after it is over; then the webhook is called. */
const VIOLATION_TIMEOUT_MS = 150_000;

const RULE = `Somebody buys ${process.pid}`;
let path;
let told;
let receiver;

before(async () => {
  told = new Promise((resolve) => {
    receiver = createServer((request, response) => {
      let body = "";
      request.on("data", (piece) => {
        body += piece;
      });
      request.on("end", () => {
        response.end("ok");
        if (body.includes(RULE)) resolve(body);
      });
    });
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});

after(() => receiver?.close());

const message = (text) => page.getByText(text, { exact: false }).first().waitFor();

test("an action is tried, and a policy names it", async () => {
  path = await applicationPath();
  await page.goto(url + path);
  await nav("Alerts");
  await openTab("Actions");
  await page.getByRole("button", { name: "New action" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Tell the test");
  await dialog().getByLabel("URL").fill("not an address");
  await dialog().getByText("A whole URL").waitFor();
  await dialog().getByLabel("URL").fill(`http://127.0.0.1:${receiver.address().port}/hook`);
  await dialog().getByRole("button", { name: "Add a header" }).click();
  await dialog().getByLabel("Name of header 1").fill("X-Test");
  await dialog().getByLabel("Value of header 1").fill("<b>yes</b>");
  await accessible();
  await dialog().getByRole("button", { name: "Make the action" }).click();
  await actOn("Actions", "Tell the test", "Try it now");
  await dialog().getByText("Done:").waitFor();
  await dialog().getByRole("button", { name: "Close" }).last().click();

  await openTab("Policies");
  await page.getByRole("button", { name: "New policy" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("To the test");
  await dialog().getByLabel("Only some").check();
  await dialog().getByLabel("Business Transaction Health").waitFor();
  await dialog().getByLabel("All of them").check();
  await dialog().getByLabel("Tell the test").check();
  await accessible();
  await dialog().getByRole("button", { name: "Make the policy" }).click();
  await rowOf("Policies", "Tell the test").waitFor();
});

test("a health rule is made", async () => {
  await openTab("Health rules");
  await rowOf("Health rules", "Business Transaction Health").waitFor();
  await accessible();
  await page.getByRole("button", { name: "New health rule" }).click();
  await page.getByRole("button", { name: "Make the rule" }).click();
  await page.getByText("Give it a name.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill(RULE);
  await page.getByLabel("Looks at the last").fill("5");
  await page.getByLabel("Metric", { exact: true }).fill("Calls per Minute");
  await page.getByLabel("Number", { exact: true }).fill("0");
  await page.getByRole("button", { name: "Say when it is a warning" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).last().click();
  await accessible();
  await picture("health-rule");
  await page.getByRole("button", { name: "Make the rule" }).click();
  await rowOf("Health rules", RULE).waitFor();
});

test("an email goes through the server that somebody named", async () => {
  const mailbox = await openMailbox();
  await page.goto(`${url}/administration/settings?tab=email`);
  await page.getByLabel("Server").fill("127.0.0.1");
  await page.getByLabel("Port").fill(String(mailbox.port));
  await page.getByLabel("Protection").selectOption("none");
  await page.getByLabel("Sender").fill("tierline@example.org");
  await page.getByRole("button", { name: "Save" }).click();
  await message("Saved. An action that sends an email can be tried at once.");
  await page.goto(`${url}${path}/alerts?tab=actions`);
  await page.getByRole("button", { name: "New action" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Write to the test");
  await dialog().getByLabel("What it does").selectOption("EMAIL");
  await dialog().getByLabel("To", { exact: true }).fill("night@example.org, day@example.org");
  await accessible();
  await dialog().getByRole("button", { name: "Make the action" }).click();
  await actOn("Actions", "Write to the test", "Try it now");
  await dialog().getByText("Done:").waitFor();
  await dialog().getByRole("button", { name: "Close" }).last().click();
  const { to, text } = await mailbox.sent;
  assert.deepEqual(to, ["night@example.org", "day@example.org"]);
  assert.match(text, /^From: .*tierline@example\.org/m);
  mailbox.close();
  await actOn("Actions", "Write to the test", "Delete…");
  await sure("Delete");
  await rowOf("Actions", "Write to the test").waitFor({ state: "detached" });
  await page.goto(`${url}/administration/settings?tab=email`);
  await page.getByLabel("Server").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await message("Saved. An action that sends an email can be tried at once.");
});

test("a health rule is asked by a schedule, and for single nodes", async () => {
  await page.goto(`${url}${path}/alerts?tab=schedules`);
  await rowOf("Schedules", "Always").waitFor();
  await page.getByRole("button", { name: "New schedule" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Office hours");
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"])
    await dialog().getByLabel(day).uncheck();
  await dialog().getByText("Choose a day.").waitFor();
  await dialog().getByLabel("Saturday").check();
  await dialog().getByLabel("To (time of day)").fill("12:30");
  await dialog().getByLabel("Time zone").fill("Europe/Paris");
  await accessible();
  await picture("schedule");
  await dialog().getByRole("button", { name: "Make the schedule" }).click();
  await rowOf("Schedules", "Office hours").filter({ hasText: "Sat 08:00–12:30" }).waitFor();
  await openTab("Health rules");
  await page.getByRole("link", { name: "Business Transaction Health", exact: false }).first().click();
  await page.getByLabel("Asked").selectOption("Office hours");
  await page.getByLabel("It must hold for").first().selectOption("NUMBER_NODES");
  await page.getByLabel("How many").fill("2");
  await accessible();
  await page.getByRole("button", { name: "Save" }).click();
  await rowOf("Health rules", "Business Transaction Health").first().getByRole("link").click();
  assert.equal(await page.getByLabel("Asked").inputValue(), "Office hours");
  assert.equal(await page.getByLabel("How many").first().inputValue(), "2");
  await page.getByLabel("Asked").selectOption("Always");
  await page.getByLabel("It must hold for").first().selectOption("AVERAGE");
  await page.getByRole("button", { name: "Save" }).click();
  await openTab("Schedules");
  await actOn("Schedules", "Office hours", "Delete…");
  await sure("Delete");
  await rowOf("Schedules", "Office hours").waitFor({ state: "detached" });
});

test("a health rule is silent in a quiet time that comes again", async () => {
  await openTab("Quiet times");
  await page.getByLabel("What is quiet").selectOption("rules");
  await page.waitForURL(/kind=rules/);
  await page.getByRole("button", { name: "New quiet time" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Nightly copy");
  await dialog().getByLabel("Again and again").check();
  await dialog().getByLabel("How often").selectOption("DAILY");
  await dialog().getByLabel("From (time of day)").fill("02:00");
  await dialog().getByLabel("To (time of day)").fill("03:00");
  await dialog().getByLabel("Only some").check();
  await dialog().getByLabel("Business Transaction Health").first().check();
  await accessible();
  await picture("quiet-time");
  await dialog().getByRole("button", { name: "Make the quiet time" }).click();
  await rowOf("Quiet times", "Nightly copy").filter({ hasText: "Every day 02:00–03:00" }).waitFor();
  await actOn("Quiet times", "Nightly copy", "Delete…");
  await sure("Delete");
  await rowOf("Quiet times", "Nightly copy").waitFor({ state: "detached" });
  await page.getByLabel("What is quiet").selectOption("");
});

test("a quiet time is made and deleted", async () => {
  await openTab("Quiet times");
  await page.getByRole("button", { name: "New quiet time" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Upgrade");
  await dialog().getByLabel("Switched off").check();
  await dialog().getByRole("button", { name: "Make the quiet time" }).click();
  await rowOf("Quiet times", "Upgrade").waitFor();
  await actOn("Quiet times", "Upgrade", "Delete…");
  await sure("Delete");
  await rowOf("Quiet times", "Upgrade").waitFor({ state: "detached" });
});

test("an event is written down and found, hostile or not", async () => {
  await openTab("Events");
  await page.getByRole("button", { name: "Write down an event" }).click();
  await dialog().getByLabel("What happened, in a sentence").fill("Version 2 <img src=x onerror=alert(1)>");
  await dialog().getByLabel("More about it").fill("by the test");
  await dialog().getByRole("button", { name: "Write down" }).click();
  await dialog().waitFor({ state: "detached" });
  await page.getByLabel("Kind", { exact: true }).selectOption("deployments");
  await page.waitForURL(/kind=deployments/);
  await rowOf("Events", "Version 2 <img").first().getByRole("button").click();
  await dialog().getByText("by the test").waitFor();
  await accessible();
  await page.keyboard.press("Escape");
});

test("the metric tree leads to charts that a link keeps", async () => {
  await nav("Metrics");
  const item = (name) => page.getByRole("treeitem", { name, exact: true });
  await item("Overall Application Performance").click();
  await item("Calls per Minute").click();
  await item("Average Response Time (ms)").click();
  await page.getByRole("img", { name: /^Per minute/ }).waitFor();
  await page.getByRole("img", { name: /^Milliseconds/ }).waitFor();
  await page.getByRole("button", { name: "Show what is usual" }).click();
  await page.waitForURL(/baseline=true/);
  await accessible();
  await picture("metrics");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy REST URL" }).first().click();
  const asked = await page.evaluate(() => navigator.clipboard.readText());
  const answer = await page.context().request.get(asked, {
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
  });
  const [metric] = await answer.json();
  assert.equal(metric.metricPath, "Overall Application Performance|Calls per Minute");
  assert.ok(metric.metricValues.length > 0, "the copied question has numbers");
  await page.reload();
  await page.getByRole("row").filter({ hasText: "Calls per Minute" }).waitFor();
  await page.getByLabel(/^Metric path/).fill("Overall Application Performance|*|Calls per Minute");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("table", { name: "Chosen metrics" }).getByRole("row").nth(4).waitFor();
});

test("the tree of metrics works with the keyboard alone", async () => {
  await page.goto(`${url}${path}/metrics`);
  const tree = page.getByRole("tree", { name: "Metrics" });
  await page.getByRole("treeitem").first().waitFor();
  await tree.focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("treeitem", { name: "Stall Count" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "Chosen metrics" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("treeitem", { name: "Stall Count" }).waitFor({ state: "detached" });
});

test("the rule is violated, and whoever wanted to know is told", async () => {
  await page.goto(`${url}${path}/alerts`);
  await rowOf("Violations", RULE).first().waitFor({ timeout: VIOLATION_TIMEOUT_MS });
  await rowOf("Violations", RULE).first().getByRole("button", { name: RULE }).click();
  await dialog()
    .getByText(/Calls per Minute/)
    .waitFor();
  await accessible();
  await page.keyboard.press("Escape");
  assert.match(await told, /CRITICAL/);
  await openTab("What was sent");
  await rowOf("What was sent", "To the test").filter({ hasText: "Done" }).first().waitFor();
});

test("small and dark are as usable", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 1024, height: 768 });
  for (const name of [
    "Violations",
    "Events",
    "Health rules",
    "Policies",
    "Actions",
    "Schedules",
    "Quiet times",
  ]) {
    await openTab(name);
    await page.waitForLoadState("networkidle");
    await fits();
  }
  await accessible();
  await nav("Metrics");
  await accessible();
  await fits();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
});

test("a rule is switched off and deleted, with what belongs to it", async () => {
  await page.goto(`${url}${path}/alerts?tab=health-rules`);
  await actOn("Health rules", RULE, "Switch off");
  await message(`${RULE} is switched off.`);
  await rowOf("Health rules", RULE).getByText("Off").waitFor();
  await actOn("Health rules", RULE, "Delete…");
  await sure("Delete");
  await rowOf("Health rules", RULE).waitFor({ state: "detached" });
  for (const [name, table, one] of [
    ["Policies", "Policies", "To the test"],
    ["Actions", "Actions", "Tell the test"],
  ]) {
    await openTab(name);
    await actOn(table, one, "Delete…");
    await sure("Delete");
    await rowOf(table, one).waitFor({ state: "detached" });
  }
  assert.deepEqual(await api("GET", `/applications/${path.split("/")[2]}/alerting/policies`), []);
});
