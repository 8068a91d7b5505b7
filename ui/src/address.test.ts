import { describe, expect, it } from "vitest";
import {
  parseSearch,
  readLoginSearch,
  readSnapshotSearch,
  readSnapshotsSearch,
  stringifySearch,
} from "./address";

describe("addresses", () => {
  it("can be read by people", () => {
    expect(stringifySearch({ range: "4h", verdicts: ["SLOW", "ERROR"], q: undefined, segments: false })).toBe(
      "?range=4h&verdicts=SLOW,ERROR",
    );
    expect(stringifySearch({})).toBe("");
  });

  it("come back as they went", () => {
    const search = {
      verdicts: ["ERROR" as const],
      guid: "0123",
      userDataKey: "a&b=c",
      minMs: 12.5,
      segments: true,
    };
    expect(readSnapshotsSearch(parseSearch(stringifySearch(search)))).toMatchObject(search);
  });

  it("keep long digits as text", () => {
    const guid = "12345678901234567890123456789012";
    expect(readSnapshotsSearch(parseSearch(`?guid=${guid}`)).guid).toBe(guid);
  });

  it("forget what makes no sense", () => {
    expect(
      readSnapshotsSearch({ verdicts: "FAST,SLOW", bt: "x", tier: "-3", node: "1e400", minMs: "soon" }),
    ).toEqual({
      verdicts: ["SLOW"],
    });
    expect(readSnapshotSearch({ tab: "call-graph" })).toEqual({});
  });
});

describe("after the login", () => {
  it("leads back to where one came from", () => {
    expect(readLoginSearch({ next: "/applications/1?range=4h" })).toEqual({
      next: "/applications/1?range=4h",
    });
  });

  it.each([
    "//elsewhere.example",
    "https://elsewhere.example",
    "/\\elsewhere.example",
    "javascript:alert(1)",
    "",
  ])("never leads to %s", (to) => {
    expect(readLoginSearch({ to })).toEqual({});
  });
});
