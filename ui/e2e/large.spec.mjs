// The page on a system of the size that hurts: what it may weigh, how soon it is there, and that it stays smooth.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LARGE, reportLarge } from "./large.mjs";
import { accessible, api, fits, page, picture, rowLinks, url } from "./walk.mjs";

/** From the issue of the page: script and style of the first page, compressed. */
const FIRST_PAGE_BYTES_MAX = 500_000;
const FIRST_PAINT_MS_MAX = 1_000;
const LARGE_SNAPSHOT_MS_MAX = 1_000;
const HEAP_BYTES_MAX = 200e6;
/** Rows that are drawn at any time, of how many ever: what makes scrolling smooth, and is the same on every machine. */
const ROWS_DRAWN_MAX = 80;

let base;

test("a large system reports", async () => {
  const key = process.env.TIERLINE_ACCESS_KEY;
  assert.ok(key, "TIERLINE_ACCESS_KEY must let the walk report");
  const app = await reportLarge(url, key, (path) => api("GET", path));
  base = `/applications/${app}`;
});

/** Turns the wheel over a table: the most rows drawn at a time, and what nineteen of twenty frames were within. */
async function scroll(locator) {
  const box = await locator.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height, 600) / 2);
  await page.evaluate(() => {
    globalThis.frames_ms = [];
    globalThis.rowsDrawn = 0;
    let last = performance.now();
    const next = (now) => {
      globalThis.frames_ms.push(now - last);
      last = now;
      const drawn = document.querySelectorAll('[role="row"]').length;
      globalThis.rowsDrawn = Math.max(globalThis.rowsDrawn, drawn);
      globalThis.frame = requestAnimationFrame(next);
    };
    globalThis.frame = requestAnimationFrame(next);
  });
  for (let turn = 0; turn < 30; turn += 1) {
    await page.mouse.wheel(0, 1_500);
    await page.waitForTimeout(16);
  }
  await locator.getByRole("row").nth(5).waitFor();
  const { drawn, frameMs } = await page.evaluate(() => {
    cancelAnimationFrame(globalThis.frame);
    const sorted = globalThis.frames_ms.slice(2).sort((a, b) => a - b);
    return { drawn: globalThis.rowsDrawn, frameMs: sorted[Math.floor(sorted.length * 0.95)] };
  });
  assert.ok(drawn > 5 && drawn <= ROWS_DRAWN_MAX, `${drawn} rows drawn at a time`);
  return `${drawn} rows drawn, frames of ${Math.round(frameMs)} ms`;
}

/** What is held after everything that can be given back was. */
async function heapBytes() {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

test("the first page is light and soon there", async () => {
  await page.goto(`${url}/applications`);
  await page.getByRole("link", { name: LARGE.application, exact: true }).waitFor();
  const measure = () =>
    page.evaluate(() => {
      const loaded = performance.getEntriesByType("resource");
      const code = loaded.filter(({ name }) => /\.(js|css)(\?|$)/.test(name));
      return {
        bytes: code.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
        paintMs: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      };
    });
  const { bytes, paintMs: first } = await measure();
  let paintMs = first;
  // The best of three: what else the machine does is not the page's.
  for (let turn = 0; turn < 2; turn += 1) {
    await page.reload();
    await page.getByRole("link", { name: LARGE.application, exact: true }).waitFor();
    paintMs = Math.min(paintMs, (await measure()).paintMs);
  }
  console.log(
    `# first page: ${bytes} bytes of code, first paint after ${Math.round(paintMs)} ms, the very first after ${Math.round(first)} ms`,
  );
  assert.ok(bytes > 10_000 && bytes <= FIRST_PAGE_BYTES_MAX, `${bytes} bytes of script and style`);
  assert.ok(paintMs <= FIRST_PAINT_MS_MAX, `first contentful paint after ${paintMs} ms`);
});

test("sixty tiers and three hundred backends stand on a map that can be moved", async () => {
  await page.goto(`${url}${base}?range=15m`);
  await page
    .getByRole("link", { name: /^Tier / })
    .nth(10)
    .waitFor();
  const map = page.locator(".react-flow__pane");
  const { x, y, width, height } = await map.boundingBox();
  const before = await page.locator(".react-flow__viewport").getAttribute("style");
  await page.mouse.move(x + width / 2, y + height - 12);
  await page.mouse.down();
  await page.mouse.move(x + width / 3, y + height / 3, { steps: 8 });
  await page.mouse.up();
  assert.notEqual(await page.locator(".react-flow__viewport").getAttribute("style"), before);
  await fits();
  await page.getByRole("combobox", { name: "Find on the map" }).fill("service-42");
  const found = page.getByRole("link", { name: /^Tier service-42/ });
  await page.waitForFunction(
    ([left, top, right, bottom]) => {
      const box = document.querySelector('a[title^="Tier service-42"]')?.getBoundingClientRect();
      return box && box.left > left && box.right < right && box.top > top && box.bottom < bottom;
    },
    [x, y, x + width, y + height],
  );
  await accessible();
  assert.ok(await found.isVisible());
  await picture("large-dashboard");
});

test("two hundred business transactions and three hundred backends are lists that scroll", async () => {
  await page.goto(`${url}${base}/business-transactions?range=15m`);
  await rowLinks("Business transactions").first().waitFor();
  assert.ok(await page.getByText(`${LARGE.transactions} of ${LARGE.transactions}`).isVisible());
  const smooth = await scroll(page.getByRole("region", { name: "Business transactions", exact: true }));
  console.log(`# business transactions: ${smooth}`);
  await page.goto(`${url}${base}/backends?range=15m`);
  await rowLinks("Remote services and databases").first().waitFor();
  await fits();
});

test("ten thousand snapshots arrive as one scrolls", async () => {
  await page.goto(`${url}${base}/snapshots?range=1h`);
  await rowLinks("Snapshots").first().waitFor();
  const rows = () =>
    page.getByRole("table", { name: "Snapshots" }).evaluate((table) => Number(table.ariaRowCount));
  const first = await rows();
  const smooth = await scroll(page.getByRole("region", { name: "Snapshots", exact: true }));
  console.log(`# snapshots: ${smooth}`);
  await page.waitForFunction(
    (least) => Number(document.querySelector('[role="table"][aria-label="Snapshots"]')?.ariaRowCount) > least,
    first,
  );
});

/** Opens the first snapshot of a list; how long until its exit calls are there. */
async function openFirst(filter) {
  await page.goto(`${url}${base}/snapshots?${filter}`);
  const link = rowLinks("Snapshots").first();
  await link.waitFor();
  await page.waitForLoadState("networkidle");
  const begun = Date.now();
  await link.click();
  await page.getByRole("tab", { name: "Exit Calls" }).waitFor();
  await page
    .getByRole("button", { name: /^Exit call / })
    .first()
    .waitFor();
  return Date.now() - begun;
}

test("an execution with fifty thousand exit calls opens at once, scrolls and stays small", async () => {
  const ordinaryMs = await openFirst("range=1h");
  const openMs = await openFirst(`range=1h&guid=${LARGE.guid}`);
  await page.getByRole("tab", { name: "Exit Calls" }).click();
  const table = page.getByRole("region", { name: /^Exit calls/i }).first();
  await table.waitFor();
  const rows = await table.getByRole("table").evaluate((one) => Number(one.ariaRowCount));
  assert.ok(rows >= LARGE.exitCalls, `${rows} rows`);
  const smooth = await scroll(table);
  const heap = await heapBytes();
  console.log(
    `# 50,000 exit calls: open after ${openMs} ms (one with three: ${ordinaryMs} ms), ${smooth}, heap ${Math.round(heap / 1e6)} MB`,
  );
  await page.getByLabel("Filter exit calls by name or operation").fill("orders");
  await page.getByText(/^[\d,]+ of 50,000 exit calls$/).waitFor();
  await page.waitForURL(/q=orders/);
  const filtered = await table.getByRole("table").evaluate((one) => Number(one.ariaRowCount));
  assert.ok(filtered > 0 && filtered < rows / 2, `${filtered} of ${rows} rows`);
  await page.getByLabel("Only failed").check();
  await page.waitForURL(/failed=true/);
  await picture("large-snapshot");
  // Where even an ordinary one takes long the machine has other work: then the two are compared.
  assert.ok(openMs <= Math.max(LARGE_SNAPSHOT_MS_MAX, 4 * ordinaryMs), `open after ${openMs} ms`);
  assert.ok(heap <= HEAP_BYTES_MAX, `${heap} bytes of heap`);
});
