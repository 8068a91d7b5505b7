// Pictures of every page, light and dark, at two sizes, for looking at.
// TIERLINE_URL, TIERLINE_USER, TIERLINE_PASSWORD say where; the first argument is the folder, the others narrow
// what is taken ("dashboard dark 1024").
import { mkdirSync } from "node:fs";
import { addresses } from "./addresses.mjs";
import { openBrowser } from "./browser.mjs";

const url = process.env.TIERLINE_URL ?? "http://127.0.0.1:8090";
const [folder = "test-results/screenshots", ...only] = process.argv.slice(2);
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
];

async function signIn(page) {
  await page.goto(`${url}/login`);
  await page.getByLabel("User").fill(process.env.TIERLINE_USER ?? "admin");
  await page.getByLabel("Password").fill(process.env.TIERLINE_PASSWORD ?? "x");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/applications");
}

/** The application that is looked at: the one named, or the one that shows most and is not the large one. */
async function chosen(ask) {
  const all = await ask(`/applications?from=${Date.now() - 3600e3}&to=${Date.now()}`);
  const named = all.find(({ name }) => name === process.env.TIERLINE_APP);
  return (named ?? all.sort((a, b) => b.tiers - a.tiers).find(({ tiers }) => tiers < 20)).id;
}

mkdirSync(folder, { recursive: true });
for (const colorScheme of ["light", "dark"]) {
  for (const viewport of SIZES) {
    if (only.some((word) => ["light", "dark"].includes(word)) && !only.includes(colorScheme)) continue;
    if (only.some((word) => /^\d+$/.test(word)) && !only.includes(String(viewport.width))) continue;
    const { page, close } = await openBrowser({ colorScheme, viewport });
    page.on(
      "console",
      (message) => message.type() === "error" && console.log(`${page.url()}: ${message.text()}`),
    );
    page.on("pageerror", (error) => console.log(`${page.url()}: ${error.message}`));
    await page.goto(`${url}/login`);
    const names = only.filter((word) => !["light", "dark"].includes(word) && !/^\d+$/.test(word));
    if (!names.length || names.includes("login"))
      await page.screenshot({ path: `${folder}/login-${viewport.width}-${colorScheme}.png` });
    await signIn(page);
    const range = process.env.TIERLINE_RANGE ?? "1h";
    const ask = (path) => page.evaluate((where) => fetch(where).then((one) => one.json()), `/api${path}`);
    for (const [name, path] of Object.entries(await addresses(ask, await chosen(ask)))) {
      if (names.length && !names.includes(name)) continue;
      await page.goto(`${url}${path}${path.includes("?") ? "&" : "?"}range=${range}`);
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(500);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (over > 0) console.log(`${name} ${viewport.width}: ${over} px wider than the screen`);
      await page.screenshot({ path: `${folder}/${name}-${viewport.width}-${colorScheme}.png` });
    }
    await close();
  }
}
