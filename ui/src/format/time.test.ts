import { expect, it } from "vitest";
import { formatAgo, formatInstant, formatMoment, toLocalInput } from "./time";

const noon = new Date(2026, 10, 20, 12, 4, 5, 67).getTime();

it("writes an instant to the millisecond, in the browser's zone", () => {
  expect(formatInstant(noon)).toBe("20 Nov 2026, 12:04:05.067");
});

it("leaves the day away for today", () => {
  expect(formatMoment(noon, noon + 3_600_000)).toBe("12:04:05");
  expect(formatMoment(noon, noon + 86_400_000)).toBe("20 Nov, 12:04");
});

it.each([
  [0, "just now"],
  [12_000, "12 s ago"],
  [90_000, "2 min ago"],
  [3 * 3_600_000, "3 h ago"],
  [72 * 3_600_000, "3 days ago"],
  [-5_000, "just now"],
])("%s ms later it is %s", (after, text) => {
  expect(formatAgo(noon, noon + after)).toBe(text);
});

it("fills a datetime input and comes back", () => {
  expect(toLocalInput(noon)).toBe("2026-11-20T12:04");
  expect(Date.parse(toLocalInput(noon))).toBe(new Date(2026, 10, 20, 12, 4).getTime());
});
