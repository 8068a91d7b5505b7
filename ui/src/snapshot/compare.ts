// What differs between two executions of, usually, the same business transaction.
import type { Snapshot } from "./read";

export interface Side {
  calls: number;
  totalMs: number;
  errors: number;
}

/** A tier's own work, or what it called. */
export interface Difference {
  key: string;
  tierName: string;
  /** Absent for the tier itself. */
  backendName: string | undefined;
  /** The tier that was reached and has lines of its own: then only the way there and back counts. */
  reached: string | undefined;
  exitType: string | undefined;
  a: Side;
  b: Side;
  /** How much longer `b` took. */
  moreMs: number;
}

const nothing = (): Side => ({ calls: 0, totalMs: 0, errors: 0 });

type Part = Omit<Difference, "a" | "b" | "moreMs"> & { side: Side };

/** The time of an execution by tier and backend. What a tier did itself is its segment without the calls it waited
 * for: calls at the same time count once. Of a call that reached a tier that kept its segment only the way counts. */
function parts(snapshot: Snapshot): Map<string, Part> {
  const all = new Map<string, Part>();
  const part = (key: string, of: Omit<Part, "key" | "side">): Side => {
    const known = all.get(key);
    if (known) return known.side;
    const side = nothing();
    all.set(key, { key, ...of, side });
    return side;
  };
  const bySpan = new Map(snapshot.segments.map((segment) => [segment.spanId, segment]));
  for (const segment of snapshot.segments) {
    const { tierId, tierName } = segment;
    const own = part(`${tierId}`, {
      tierName,
      backendName: undefined,
      reached: undefined,
      exitType: undefined,
    });
    own.calls += 1;
    own.errors += segment.errors.length;
    own.totalMs += Math.max(0, segment.durationMs - covered(segment.exitCalls));
    for (const exit of segment.exitCalls) {
      const { id, name, exitType } = exit.backend;
      const led = exit.toSpanId === undefined ? undefined : bySpan.get(exit.toSpanId);
      const reached = led?.tierName;
      // Nodes of one tier have addresses of their own: by which of them a call came there makes no difference.
      const key = `${tierId} ${reached === undefined ? id : `${exitType} → ${reached}`}`;
      const side = part(key, { tierName, backendName: name, reached, exitType });
      side.calls += 1;
      side.totalMs += Math.max(0, exit.durationMs - (led?.durationMs ?? 0));
      side.errors += exit.errors.length;
    }
  }
  return all;
}

/** How long at least one of these was under way. */
export function covered(spans: readonly { offsetMs: number; durationMs: number }[]): number {
  let total = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { offsetMs, durationMs } of [...spans].sort((x, y) => x.offsetMs - y.offsetMs)) {
    const last = offsetMs + durationMs;
    if (last <= end) continue;
    total += last - Math.max(offsetMs, end);
    end = last;
  }
  return total;
}

/** The greatest difference first. */
export function differences(a: Snapshot, b: Snapshot): Difference[] {
  const left = parts(a);
  const right = parts(b);
  const rows: Difference[] = [];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const of = (left.get(key) ?? right.get(key)) as Part;
    const sides = { a: left.get(key)?.side ?? nothing(), b: right.get(key)?.side ?? nothing() };
    const { side: _, ...rest } = of;
    rows.push({ ...rest, ...sides, moreMs: sides.b.totalMs - sides.a.totalMs });
  }
  return rows.sort((x, y) => Math.abs(y.moreMs) - Math.abs(x.moreMs) || x.key.localeCompare(y.key));
}

export interface UserDataDifference {
  key: string;
  a: string | undefined;
  b: string | undefined;
}

/** User data of both by tier and key, those that differ first; several values of one key are joined. */
export function userDataDifferences(a: Snapshot, b: Snapshot): UserDataDifference[] {
  const read = ({ segments }: Snapshot) => {
    const values = new Map<string, string>();
    for (const { tierName, userData } of segments) {
      for (const { key, value } of userData) {
        const name = `${tierName}: ${key}`;
        const known = values.get(name);
        values.set(name, known === undefined ? value : `${known}, ${value}`);
      }
    }
    return values;
  };
  const [left, right] = [read(a), read(b)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((key) => ({ key, a: left.get(key), b: right.get(key) }))
    .sort((x, y) => Number(x.a === x.b) - Number(y.a === y.b));
}
