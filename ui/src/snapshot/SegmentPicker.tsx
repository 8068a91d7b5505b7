import { formatMs } from "../format/number";
import { verdictWords } from "../words";
import type { Segment } from "./read";
import styles from "./SegmentPicker.module.css";

/** Beyond this many, the rest is reached through the waterfall. */
const SEGMENTS_SHOWN_MAX = 12;

interface Props {
  segments: readonly Segment[];
  picked: string | undefined;
  onPick: (spanId: string | undefined) => void;
}

/** The tiers this execution ran on; one of them narrows everything below. */
export function SegmentPicker({ segments, picked, onPick }: Props) {
  if (segments.length < 2) return null;
  return (
    <fieldset className={styles.picker}>
      <legend className="visually-hidden">Segments</legend>
      <button
        type="button"
        className={styles.chip}
        aria-pressed={picked === undefined}
        onClick={() => onPick(undefined)}
      >
        All {segments.length} segments
      </button>
      {segments.slice(0, SEGMENTS_SHOWN_MAX).map((segment) => {
        const words = verdictWords(segment.verdict);
        return (
          <button
            key={segment.spanId}
            type="button"
            className={styles.chip}
            aria-pressed={picked === segment.spanId}
            title={`${segment.nodeName}: ${words.label}`}
            onClick={() => onPick(segment.spanId)}
          >
            <i style={{ background: `var(--${words.token})` }} aria-hidden="true" />
            {segment.tierName}
            <span className="number">{formatMs(segment.durationMs)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
