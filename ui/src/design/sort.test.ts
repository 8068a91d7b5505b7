import { expect, it } from "vitest";
import { readSort, sortRows, toggleSort, writeSort } from "./sort";

it("stands in the address and comes back", () => {
  for (const sort of [
    { column: "calls", descending: true },
    { column: "name", descending: false },
  ]) {
    expect(readSort(writeSort(sort), { column: "x", descending: false })).toEqual(sort);
  }
  expect(readSort(undefined, { column: "x", descending: false }).column).toBe("x");
  expect(readSort("-", { column: "x", descending: false }).column).toBe("x");
});

it("turns round on the second click", () => {
  const first = toggleSort(undefined, "calls", true);
  expect(first).toEqual({ column: "calls", descending: true });
  expect(toggleSort(first, "calls", true).descending).toBe(false);
  expect(toggleSort(first, "name", false)).toEqual({ column: "name", descending: false });
});

it("puts missing values last either way and sorts names as people do", () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }];
  expect(sortRows(rows, (row) => row.v, true).map((row) => row.v)).toEqual([10, 2, null]);
  expect(sortRows(rows, (row) => row.v, false).map((row) => row.v)).toEqual([2, 10, null]);
  expect(sortRows(["node-10", "Node-9", "node-1"], (name) => name, false)).toEqual([
    "node-1",
    "Node-9",
    "node-10",
  ]);
});

it("keeps the order of equals", () => {
  const rows = [1, 2, 3].map((n) => ({ n, same: 7 }));
  expect(sortRows(rows, (row) => row.same, true).map((row) => row.n)).toEqual([1, 2, 3]);
});
