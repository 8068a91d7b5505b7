// What of the user data came from the request by a data collector, and from where in it.
import type { Segment } from "./read";

type Entry = Segment["userData"][number];

const SOURCES: Record<string, string> = {
  url: "the URL",
  method: "the method",
  status: "the status of the answer",
  parameter: "parameter",
  header: "header",
  cookie: "cookie",
};

/** From names of data collectors to where they take their value from (`header X-Customer`). */
export function collectedSources(settings: unknown): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  const collectors = (settings as { data_collectors?: unknown } | undefined)?.data_collectors;
  if (!Array.isArray(collectors)) return sources;
  for (const { name, value } of collectors as { name?: unknown; value?: Record<string, unknown> }[]) {
    const words = SOURCES[String(value?.kind)];
    if (typeof name !== "string" || words === undefined) continue;
    sources.set(name, typeof value?.name === "string" ? `${words} ${value.name}` : words);
  }
  return sources;
}

/** What the program said, and what was collected from the request. */
export function splitUserData(
  userData: readonly Entry[],
  sources: ReadonlyMap<string, string>,
): { said: Entry[]; collected: Entry[] } {
  const said: Entry[] = [];
  const collected: Entry[] = [];
  for (const entry of userData) {
    const source = sources.get(entry.key);
    if (source === undefined) said.push(entry);
    else collected.push({ key: `${entry.key} (${source})`, value: entry.value });
  }
  return { said, collected };
}
