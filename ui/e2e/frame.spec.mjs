// The frame of every page: signing in and out, the way around, the time range, dark, small, unreachable.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accessible,
  applicationPath,
  complaints,
  fits,
  nav,
  page,
  password,
  rowLinks,
  url,
  user,
} from "./walk.mjs";

test("somebody who is not signed in is asked to, and a wrong password is refused", async () => {
  await page.context().clearCookies();
  await page.goto(`${url}/applications`);
  await page.waitForURL(/\/login/);
  await accessible();
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(`not ${password}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
});

test("the right one leads to the applications", async () => {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/applications/);
});

test("an application opens with its flow map", async () => {
  await page.goto(url + (await applicationPath()));
  await page.getByRole("heading", { name: "Flow map" }).waitFor();
});

test("the name of the application leads to the others", async () => {
  const button = page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("button");
  // Until it is known it is called "Application".
  await button.filter({ hasNotText: /^Application$/ }).waitFor();
  const name = await button.textContent();
  await button.click();
  await page.getByRole("menuitem", { name }).waitFor();
  await accessible();
  await page.keyboard.press("Escape");
});

test("the time range stands in the address and stays from page to page", async () => {
  await nav("Tiers & nodes");
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
  // By its kind: for a moment the page before is still there, and has a menu of the user.
  await page.getByRole("textbox", { name: "User" }).fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Flow map" }).waitFor();
  complaints.splice(before);
});
