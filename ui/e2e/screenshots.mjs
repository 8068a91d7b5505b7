// Pictures of every page, light and dark, at two sizes, for looking at.
// TIERLINE_URL, TIERLINE_USER, TIERLINE_PASSWORD say where; the first argument is the folder, the others narrow
// what is taken ("dashboard dark 1024").
import { mkdirSync } from "node:fs";
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

/** Addresses of the pages, found through the page's own API. */
async function addresses(page) {
  const ask = (path) => page.evaluate((where) => fetch(where).then((answer) => answer.json()), path);
  const range = `from=${Date.now() - 3600e3}&to=${Date.now()}`;
  const apps = await ask(`/api/applications?${range}`);
  const app = (
    apps.find((candidate) => candidate.name === process.env.TIERLINE_APP) ??
    apps.sort((a, b) => b.tiers - a.tiers).find((a) => a.tiers < 20)
  ).id;
  const base = `/applications/${app}`;
  const bts = await ask(`/api${base}/business-transactions?${range}`);
  const backends = await ask(`/api${base}/backends?${range}`);
  const busiest = (list) => [...list].sort((a, b) => b.calls - a.calls)[0];
  const { items } = await ask(`/api${base}/snapshots?${range}&limit=200&firstInChain=true`);
  const richest = (verdict) =>
    items.filter((item) => item.verdict === verdict).sort((a, b) => b.exitCalls - a.exitCalls)[0] ?? items[0];
  const error = await ask(`/api${base}/snapshots/${richest("ERROR").guid}`);
  const slow = richest("SLOW") ?? richest("VERY_SLOW");
  const exits = error.segments.flatMap((segment) => segment.exitCalls);
  const exit =
    exits.find((call) => call.errors.length && call.optionalProperties.length) ??
    exits.find((call) => call.optionalProperties.length) ??
    exits[0];
  const nodes = await ask(`/api${base}/nodes?${range}`);
  return {
    applications: "/applications",
    dashboard: base,
    transactions: `${base}/business-transactions`,
    transaction: `${base}/business-transactions/${(bts.find((bt) => /checkout/i.test(bt.name)) ?? busiest(bts)).id}`,
    snapshots: `${base}/snapshots`,
    snapshot: `${base}/snapshots/${slow.guid}`,
    "snapshot-error": `${base}/snapshots/${error.guid}?tab=errors`,
    "snapshot-exits": `${base}/snapshots/${error.guid}?tab=exit-calls`,
    "snapshot-data": `${base}/snapshots/${error.guid}?tab=user-data`,
    "snapshot-exit": `${base}/snapshots/${error.guid}?exit=${exit?.spanId}`,
    backends: `${base}/backends`,
    backend: `${base}/backends/${(backends.find((one) => one.exitType === "DB") ?? busiest(backends))?.id}`,
    tiers: `${base}/tiers`,
    tier: `${base}/tiers?tier=${nodes[0]?.tierId}`,
    node: `${base}/tiers?node=${(nodes.find((one) => !one.ledger.balanced) ?? nodes[0])?.id}`,
  };
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
    for (const [name, path] of Object.entries(await addresses(page))) {
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
