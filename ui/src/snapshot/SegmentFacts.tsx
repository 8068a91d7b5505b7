import { formatMs } from "../format/number";
import { formatInstant } from "../format/time";
import { policyReason, verdictWords } from "../words";
import type { Segment } from "./read";
import styles from "./SegmentFacts.module.css";

function threshold(value: number | null | undefined): string {
  return value == null ? "never" : formatMs(value);
}

function ending(segment: Segment): string {
  if (segment.inFlight) return "still running when it was reported";
  return segment.abandoned ? "never ended by the program: by timeout, shutdown or a lost handle" : "ended";
}

/** The facts of one segment. */
export function SegmentFacts({ segment, guid }: { segment: Segment; guid: string }) {
  const { slowMs, verySlowMs, stallMs } = segment.thresholds;
  const facts: [string, string][] = [
    ["Tier", segment.tierName],
    ["Node", segment.nodeName],
    ["Thread", segment.thread || "not known"],
    ["Business transaction", segment.btName],
    ["Verdict", verdictWords(segment.verdict).label],
    ["Kept because", policyReason(segment.policy, segment.verdict)],
    ["Start", formatInstant(segment.start)],
    ["Duration", formatMs(segment.durationMs)],
    ["CPU time", segment.cpuMs == null ? "not known" : formatMs(segment.cpuMs)],
    ["Ending", ending(segment)],
    [
      "Thresholds",
      `slow ${threshold(slowMs)}, very slow ${threshold(verySlowMs)}, stall ${threshold(stallMs)}`,
    ],
    ["Request GUID", guid],
    ["Span", segment.spanId],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
