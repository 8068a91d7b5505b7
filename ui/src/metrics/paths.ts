// Metric paths: parts joined by `|`, a `|` inside a name written `\|`.
import type { TimeRange } from "../time-range/range";
import { PRESETS } from "../time-range/range";

export function parts(path: string): string[] {
  const found: string[] = [];
  let part = "";
  for (let at = 0; at < path.length; at += 1) {
    if (path[at] === "\\" && path[at + 1] === "|") {
      part += "|";
      at += 1;
    } else if (path[at] === "|") {
      found.push(part);
      part = "";
    } else {
      part += path[at];
    }
  }
  if (part !== "") found.push(part);
  return found;
}

/** The folders a path leads through, from the root, without itself. */
export function parents(path: string): string[] {
  const names = parts(path).map((name) => name.replaceAll("|", "\\|"));
  return names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join("|"));
}

export type Unit = "ms" | "rate" | "count";

/** What the last part of a path says of its numbers. */
export function unitOf(path: string): Unit {
  const leaf = parts(path).at(-1) ?? "";
  if (leaf.endsWith("(ms)")) return "ms";
  return /per minute$/i.test(leaf) ? "rate" : "count";
}

/** What tells metrics apart: their parts without those all of them begin and end with. */
export function shortNames(paths: readonly string[]): string[] {
  const all = paths.map(parts);
  const common = (at: (names: string[]) => string | undefined) =>
    all.length > 1 && all.every((names) => names.length > 1 && at(names) === at(all[0] as string[]));
  let start = 0;
  while (common((names) => (names.length > start + 1 ? names[start] : undefined)) && start < 12) start += 1;
  return all.map((names) => {
    const rest = names.slice(all.length > 1 ? start : Math.max(0, names.length - 2));
    return rest.join(" · ");
  });
}

/** The question of the public REST API that gives the same numbers, for scripts. */
export function restUrl(origin: string, app: string, path: string, range: TimeRange): string {
  const time: Record<string, string> =
    range.kind === "preset"
      ? { "time-range-type": "BEFORE_NOW", "duration-in-mins": String(PRESETS[range.preset].ms / 60_000) }
      : {
          "time-range-type": "BETWEEN_TIMES",
          "start-time": String(range.from),
          "end-time": String(range.to),
        };
  const query = new URLSearchParams({ "metric-path": path, ...time, rollup: "false", output: "JSON" });
  // Other clients read %20 where some do not read a plus.
  const text = query.toString().replaceAll("+", "%20");
  return `${origin}/controller/rest/applications/${encodeURIComponent(app)}/metric-data?${text}`;
}
