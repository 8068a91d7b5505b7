// Every page and every part of one, in the dark on a small laptop: usable by everybody, and nothing is cut off.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addresses } from "./addresses.mjs";
import { accessible, api, applicationPath, fits, page, picture, url } from "./walk.mjs";

const pages = await addresses((path) => api("GET", path), (await applicationPath()).split("/").at(-1));

test("there are pages", () => assert.ok(Object.keys(pages).length > 45, Object.keys(pages).join()));

for (const [name, path] of Object.entries(pages)) {
  test(`${name} is as usable small and dark`, async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.goto(url + path);
    // Behind a window it is there, but not for a screen reader.
    await page.locator("h1").first().waitFor();
    await accessible();
    await fits();
    await picture(`dark-${name}`);
  });
}
