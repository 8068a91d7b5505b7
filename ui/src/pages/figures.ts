import type { Scorecard } from "../api/contract";
import type { Figure } from "../design/Figures";
import { formatCount, formatMs, formatPercent, formatRate, percentOf } from "../format/number";

/** The row of figures above every dashboard. */
export function performanceFigures(card: Scorecard): Figure[] {
  return [
    { label: "Calls", value: formatCount(card.calls) },
    { label: "Calls per minute", value: formatRate(card.callsPerMinute) },
    { label: "Average response time", value: formatMs(card.averageMs) },
    {
      label: "95th percentile",
      value: formatMs(card.p95),
      note: card.p99 == null ? undefined : `99th ${formatMs(card.p99)}`,
    },
    {
      label: "Errors",
      value: formatCount(card.errors),
      note: card.calls > 0 ? formatPercent(percentOf(card.errors, card.calls)) : undefined,
      tone: card.errors > 0 ? "error" : undefined,
    },
  ];
}
