// What every walk through the page has: a signed-in browser that notes what goes wrong, and the questions asked
// everywhere. Each spec file of this folder is one walk over the page of a controller with real data
// (`cargo xtask demo`); TIERLINE_URL, TIERLINE_LOGIN and TIERLINE_PASSWORD say where and who, TIERLINE_ACCESS_KEY what
// walks report with.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after } from "node:test";
import { openBrowser } from "./browser.mjs";

export const url = process.env.TIERLINE_URL;
export const user = process.env.TIERLINE_USER ?? process.env.TIERLINE_LOGIN ?? "admin@customer1";
export const password = process.env.TIERLINE_PASSWORD;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long data may take to appear: an interval of the agents and a refresh of the page. */
export const DATA_TIMEOUT_MS = 90_000;

/** What the page did wrong; a step that provokes something takes its own away again. Must be empty at the end. */
export const complaints = [];

assert.ok(url && password, "TIERLINE_URL and TIERLINE_PASSWORD must say which controller to look at");
const browser = await openBrowser();
/** Those of other people; closed with the walk. */
const others = [];
/** The browser's one tab, signed in before the walk begins. */
export const { page } = browser;
page.setDefaultTimeout(20_000);
page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
page.on("console", (message) => {
  // Before the login these two are answered 401, as they should be.
  const expected = message.text().includes("401") && /\/api\/(session|login)$/.test(message.location().url);
  if (message.type() === "error" && !expected) complaints.push(`${page.url()}: ${message.text()}`);
});
page.on("request", (request) => {
  if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url))
    complaints.push(`a request left the controller: ${request.url()}`);
});
await signIn(page, user, password).catch(async (error) => {
  await browser.close();
  throw error;
});

after(async () => {
  for (const { close } of [...others, browser]) await close();
  assert.deepEqual(complaints, [], "an error, something the security policy refused, or a call elsewhere");
});

async function signIn(tab, who, secret) {
  const [name, account] = who.split("@");
  const { request } = tab.context();
  const answer = await request.post(`${url}/api/login`, { data: { user: name, account, password: secret } });
  assert.ok(answer.ok(), `signing in as ${who}: ${answer.status()}`);
}

/** The tab of somebody else, in a browser of their own. */
export async function pageOf(who, secret) {
  const other = await openBrowser();
  others.push(other);
  other.page.setDefaultTimeout(20_000);
  other.page.on("pageerror", (error) => complaints.push(`${other.page.url()}: ${error.message}`));
  await signIn(other.page, who, secret);
  return other.page;
}

/** The page's own API, as the person who is signed in: what a walk needs besides what the demo made. */
export async function api(method, path, body) {
  const { request } = page.context();
  const { csrfToken } = await (await request.get(`${url}/api/session`)).json();
  const answer = await request.fetch(`${url}/api${path}`, {
    method,
    headers: { "x-csrf-token": csrfToken },
    ...(body === undefined ? {} : { data: body }),
  });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

/** The application the demo reports as: its address on the page. */
export async function applicationPath() {
  const now = Date.now();
  const all = await api("GET", `/applications?from=${now - 3600e3}&to=${now}`);
  const named = all.find(({ name }) => name === process.env.TIERLINE_APP);
  const { id } = named ?? all.sort((a, b) => b.calls - a.calls)[0];
  return `/applications/${id}`;
}

/** A picture for people, when a folder for them is named. */
export async function picture(name) {
  const folder = process.env.TIERLINE_SCREENSHOTS;
  if (!folder) return;
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Nothing that keeps people with a screen reader or a keyboard from using what is on screen. */
export async function accessible(tab = page) {
  await tab.waitForLoadState("networkidle");
  await tab.evaluate(axeSource);
  const violations = await tab.evaluate(async () => {
    const { violations: all } = await globalThis.axe.run(document);
    return all
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  assert.deepEqual(violations, [], tab.url());
}

/** Everything fits in the width of the screen. */
export async function fits() {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(over, 0, `${page.url()} is ${over} px wider than the screen`);
}

/** A window; messages in the corner are dialogs, too, but are not closed. */
export const dialog = (tab = page) =>
  tab.getByRole("dialog").filter({ has: tab.getByRole("button", { name: "Close", exact: true }) });
/** The answer to the question before something is lost. */
export const sure = (action) => page.getByRole("alertdialog").getByRole("button", { name: action }).click();
/** Some tabs say how many there are, as soon as there are any. */
export const openTab = (name) => page.getByRole("tab", { name: new RegExp(`^${name}\\s*\\d*$`) }).click();
export const rowOf = (table, name) =>
  page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: name });
/** Chooses an entry of the menu of a row. */
export async function actOn(table, name, action) {
  await rowOf(table, name)
    .getByRole("button", { name: /^Actions for/ })
    .click();
  await page.getByRole("menuitem", { name: action }).click();
}

export const nav = (name) =>
  page.getByRole("navigation", { name: "Application" }).getByRole("link", { name }).click();
export const rowLinks = (table) =>
  page.getByRole("table", { name: table }).getByRole("cell").getByRole("link");
