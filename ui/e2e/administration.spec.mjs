// What agents are told, from the rule that is tried to its arrival at them and back; people, their access, the audit.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accessible,
  actOn,
  api,
  applicationPath,
  complaints,
  dialog,
  fits,
  nav,
  openTab,
  page,
  pageOf,
  password,
  picture,
  rowOf,
  sure,
  url,
} from "./walk.mjs";

/** Agents ask every ten seconds. */
const ARRIVAL_TIMEOUT_MS = 40_000;

const PERSON = `visitor-${process.pid}`;
const PASSWORD = "a long enough one";
let path;
/** What the user that is made sees. */
let visitor;

test("a match rule is tried on requests before anything is saved", async () => {
  path = await applicationPath();
  await page.goto(url + path);
  await nav("Configuration");
  await page.getByRole("button", { name: "New match rule" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Everything of the test");
  await dialog().getByLabel("Priority").fill("7");
  await dialog().getByLabel("Path: text").fill("/of-the-test");
  await accessible();
  await dialog().getByRole("button", { name: "Take it over" }).click();
  await page.getByLabel("URL or path of a request").fill("http://shop/of-the-test/7?x=1");
  await page.getByRole("status").filter({ hasText: "would be Everything of the test" }).waitFor();
  await page.waitForURL(/url=/);
  await page.getByText("1 setting changed, not saved yet.").waitFor();
  await accessible();
  await picture("configuration");
});

test("what will change is shown, saved, and arrives at the agents", async () => {
  await page.getByRole("button", { name: "Review and save…" }).click();
  await dialog().getByRole("heading", { name: "Detection › Match rules" }).waitFor();
  await dialog()
    .getByText(/path begins with \/of-the-test/)
    .waitFor();
  await accessible();
  await dialog().getByRole("button", { name: "Save and tell the agents" }).click();
  await page.waitForURL(/tab=agents/);
  await rowOf("Agents", "in force").first().waitFor({ timeout: ARRIVAL_TIMEOUT_MS });
  await page
    .getByText(/^In force at (the agent|all \d+ agents)$/)
    .first()
    .waitFor({ timeout: ARRIVAL_TIMEOUT_MS });
  await accessible();
});

test("what was not saved is not lost by a slip", async () => {
  await openTab("Limits");
  await page.getByRole("textbox", { name: "Business transactions", exact: true }).fill("49");
  await nav("Dashboard");
  await page.getByRole("alertdialog").getByText("would be lost").waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
});

test("every part can be changed and is shown in words", async () => {
  await openTab("Errors");
  await page.getByLabel("Which status codes").fill("500-505, 4x");
  await page.getByText(/Three digits/).waitFor();
  await page.getByLabel("Which status codes").fill("500-505");
  await page.getByRole("button", { name: "Ignore an error" }).click();
  await page.getByLabel("Its type: text").fill("KeyError");
  await accessible();
  await openTab("Thresholds");
  await page.getByLabel("Slow above", { exact: true }).fill("2.5");
  await accessible();
  await openTab("Data collectors");
  await page.getByRole("button", { name: "New data collector" }).click();
  await page.getByLabel("Called").fill("Team");
  await page.getByLabel("its name").fill("X-Team");
  await accessible();
  await openTab("Snapshots");
  await page.getByLabel("Every n-th execution").fill("1000");
  await accessible();
  await page.getByRole("button", { name: "Review and save…" }).click();
  for (const words of [
    "500-505",
    "type is KeyError",
    "2.5 standard deviations",
    "Team: header X-Team",
    "1000",
  ]) {
    await dialog()
      .getByText(words, { exact: false })
      .first()
      .waitFor()
      .catch(async () => {
        throw new Error(`${words} is not among: ${await dialog().textContent()}`);
      });
  }
  await dialog().getByRole("button", { name: "Save and tell the agents" }).click();
  await page.waitForURL(/tab=agents/);
});

test("what the controller cannot use is refused in words", async () => {
  const before = complaints.length;
  await openTab("Detection");
  await page.getByRole("button", { name: "New exclude rule" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("broken");
  await dialog().getByLabel("Path: how").selectOption("regex");
  await dialog().getByLabel("Path: text").fill("(");
  await dialog().getByRole("button", { name: "Take it over" }).click();
  await page
    .getByText(/is not a usable regular expression/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  complaints.splice(before);
});

test("a former version is brought back", async () => {
  await openTab("History");
  const first = page.getByRole("table", { name: "History of the configuration" }).getByRole("row").nth(2);
  await first.getByRole("button", { name: "Bring back…" }).click();
  await page.getByRole("alertdialog").getByText("It becomes a new version").waitFor();
  await sure("Bring it back");
  await page.getByText(/is back. Agents have it/).waitFor();
  const app = path.split("/")[2];
  const { written } = await api("GET", `/applications/${app}/agent-configuration`);
  assert.deepEqual(Object.keys(written.patch), ["detection"]);
  await api("PUT", `/applications/${app}/agent-configuration`, { patch: {} });
});

test("a user is made, may only look, and is told so", async () => {
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByRole("button", { name: "New user" }).click();
  await dialog().getByLabel("Name to sign in with").fill(PERSON);
  await dialog().getByLabel("Called").fill("<b>Visitor</b>");
  await dialog().getByLabel("Password").fill("short");
  await dialog().getByText("At least 12 characters.").first().waitFor();
  await dialog().getByLabel("Password").fill(PASSWORD);
  await dialog().getByRole("checkbox", { name: "User", exact: true }).check();
  await accessible();
  await dialog().getByRole("button", { name: "Make the user" }).click();
  await rowOf("Users", PERSON).waitFor();
  await accessible();
  visitor = await pageOf(`${PERSON}@customer1`, PASSWORD);
  await visitor.goto(`${url}${path}/alerts?tab=health-rules`);
  await visitor.getByRole("table", { name: "Health rules" }).waitFor();
  assert.equal(await visitor.getByRole("button", { name: "New health rule" }).count(), 0);
  await visitor.goto(`${url}/administration/access`);
  await visitor.getByText("You may not see this").waitFor();
});

test("everybody changes their own password", async () => {
  await visitor.getByRole("button", { name: "User menu" }).click();
  await visitor.getByRole("menuitem", { name: "Change your password…" }).click();
  const change = dialog(visitor);
  const type = async (present, next, again) => {
    await change.getByLabel("Present password").fill(present);
    await change.getByLabel("New password", { exact: true }).fill(next);
    await change.getByLabel("New password again").fill(again);
  };
  const send = change.getByRole("button", { name: "Change it" });
  await type(PASSWORD, "too short", "too short");
  await change.getByText("At least 12 characters.", { exact: true }).waitFor();
  await type(PASSWORD, "twelve kestrels", "eleven kestrels");
  await change.getByText("It is not the same.").waitFor();
  assert.ok(await send.isDisabled());
  await accessible(visitor);
  await type("not the present one", "twelve kestrels", "twelve kestrels");
  await send.click();
  await change.getByRole("alert").waitFor();
  await type(PASSWORD, "twelve kestrels", "twelve kestrels");
  await send.click();
  await visitor.getByText(/^Your password is changed/).waitFor();
  // Signed in as before, with a session of its own.
  await visitor.goto(`${url}${path}`);
  await visitor.getByRole("heading", { name: "Flow map" }).waitFor();
  await pageOf(`${PERSON}@customer1`, "twelve kestrels");
});

test("who manages accounts makes one, keeps it out and lets it in again", async () => {
  const root = await pageOf("root@system", password);
  await root.goto(`${url}/administration/settings?tab=accounts`);
  await root.getByRole("button", { name: "New account" }).click();
  await dialog(root).getByLabel("Name", { exact: true }).fill(`team-${process.pid}`);
  await dialog(root).getByLabel("Password of its first user").fill(PASSWORD);
  await accessible(root);
  await dialog(root).getByRole("button", { name: "Make the account" }).click();
  const line = root
    .getByRole("table", { name: "Accounts" })
    .getByRole("row", { name: `team-${process.pid}` });
  const choose = async (entry) => {
    await line.getByRole("button", { name: /^Actions for/ }).click();
    await root.getByRole("menuitem", { name: entry }).click();
  };
  await line.filter({ hasText: "Open" }).waitFor();
  await pageOf(`admin@team-${process.pid}`, PASSWORD);
  await choose("Keep out…");
  await root.getByRole("alertdialog").getByRole("button", { name: "Keep out" }).click();
  await line.filter({ hasText: "Kept out" }).waitFor();
  await accessible(root);
  await assert.rejects(pageOf(`admin@team-${process.pid}`, PASSWORD), /signing in/);
  await choose("Let in again");
  await line.filter({ hasText: "Open" }).waitFor();
});

test("groups and roles give rights together", async () => {
  await openTab("Roles");
  await page.getByRole("button", { name: "New role" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Watcher of the test");
  await dialog().getByLabel("Configure alerting").check();
  await dialog().getByRole("button", { name: "Make the role" }).click();
  await rowOf("Roles", "Watcher of the test").waitFor();
  await openTab("Groups");
  await page.getByRole("button", { name: "New group" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("Night shift of the test");
  await dialog().getByLabel("Watcher of the test").check();
  await dialog().getByRole("button", { name: "Make the group" }).click();
  await rowOf("Groups", "Watcher of the test").waitFor();
  await openTab("Users");
  await rowOf("Users", PERSON).getByRole("button", { name: PERSON, exact: true }).click();
  await dialog().getByLabel("Night shift of the test").check();
  await dialog().getByRole("button", { name: "Save" }).click();
  await rowOf("Users", PERSON).filter({ hasText: "Configure alerting" }).waitFor();
});

test("secrets are shown once", async () => {
  await openTab("API clients");
  await page.getByRole("button", { name: "New API client" }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("script-of-the-test");
  await dialog().getByRole("button", { name: "Make the API client" }).click();
  await dialog().getByText("client_secret").waitFor();
  await dialog().getByText("script-of-the-test@").waitFor();
  await accessible();
  await dialog().getByRole("button", { name: "Close" }).last().click();
  await openTab("Access keys");
  await page.getByRole("button", { name: "New access key" }).click();
  await dialog().getByLabel("What it is for").fill("the test");
  await dialog().getByRole("button", { name: "Make the key" }).click();
  await dialog().getByRole("button", { name: "Copy Access key" }).waitFor();
  await dialog().getByRole("button", { name: "Close" }).last().click();
  await rowOf("Access keys", "the test").waitFor();
  await accessible();
});

test("everything that was made is removed, and the audit knows who did it", async () => {
  await actOn("Access keys", "the test", "Revoke…");
  await sure("Revoke");
  await rowOf("Access keys", "the test").waitFor({ state: "detached" });
  for (const [name, one] of [
    ["API clients", "script-of-the-test"],
    ["Users", PERSON],
    ["Groups", "Night shift of the test"],
    ["Roles", "Watcher of the test"],
  ]) {
    await openTab(name);
    await actOn(name, one, "Delete…");
    await sure("Delete");
    await rowOf(name, one).waitFor({ state: "detached" });
  }
  await openTab("Audit");
  await rowOf("Audit", "Deleted").first().waitFor();
  await accessible();
});

test("the controller says how it keeps what is reported", async () => {
  await page
    .getByRole("navigation", { name: "Administration" })
    .getByRole("link", { name: "Controller" })
    .click();
  await page.getByText("One-minute numbers").waitFor();
  await accessible();
  await openTab("Lists");
  const hours = page.getByLabel("Nodes");
  const kept = await hours.inputValue();
  await hours.fill("700");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").first().waitFor();
  await hours.fill(kept);
  await page.getByRole("button", { name: "Save" }).click();
  await openTab("Email");
  await page.getByLabel("Server").waitFor();
  await accessible();
});

test("small and dark are as usable", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 1024, height: 768 });
  for (const address of [
    "/administration/access",
    "/administration/settings",
    `${path}/configuration`,
    `${path}/configuration?tab=data-collectors`,
    `${path}/configuration?tab=history`,
  ]) {
    await page.goto(url + address);
    await page.getByRole("tabpanel").waitFor();
    await accessible();
    await fits();
  }
});
