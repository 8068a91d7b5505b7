import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { exitTypeIcon, Icon } from "../design/Icon";
import { counted, formatMs } from "../format/number";
import { exitTypeLabel, verdictWords } from "../words";
import type { ExitCall, Segment, Snapshot } from "./read";
import styles from "./Waterfall.module.css";
import {
  axisTicks,
  barPlace,
  INDENT_LEVELS_MAX,
  type WaterfallRow,
  waterfallRows,
  waterfallSpan,
} from "./waterfall";

const ROW_HEIGHT_PX = 30;
const HEIGHT_MAX_PX = 520;
const TICKS_MAX = 6;
const TICK_LEFT_MAX = 92;
const INDENT_PX = 16;

interface Props {
  snapshot: Snapshot;
  /** The segment picked above; others step back. */
  segment?: string | undefined;
  /** Exit calls that are shown; without it all. */
  wanted?: ((exit: ExitCall) => boolean) | undefined;
  /** The time the axis shows, so that two executions can be compared; without it the execution's own. */
  span?: Span | undefined;
  /** Less room for names. */
  narrow?: boolean;
  onExit: (exit: ExitCall) => void;
}

/** One execution over all its tiers, in time. */
export function Waterfall({ snapshot, segment, wanted, span: given, narrow = false, onExit }: Props) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => waterfallRows(snapshot, collapsed, wanted), [snapshot, collapsed, wanted]);
  const own = useMemo(() => waterfallSpan(snapshot), [snapshot]);
  const span = given ?? own;
  const container = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => container.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 20,
    getItemKey: (index) => (rows[index] as WaterfallRow).key,
  });
  const toggle = (spanId: string) =>
    setCollapsed((previous) => {
      const next = new Set(previous);
      if (!next.delete(spanId)) next.add(spanId);
      return next;
    });
  return (
    <div className={styles.waterfall} data-narrow={narrow}>
      <Axis span={span} />
      <div
        ref={container}
        className={styles.rows}
        style={{ height: Math.min(rows.length * ROW_HEIGHT_PX, HEIGHT_MAX_PX) }}
      >
        <ul
          className={styles.list}
          style={{ height: virtualizer.getTotalSize() }}
          aria-label={`Waterfall, ${counted(rows.length, "row")}`}
        >
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index] as WaterfallRow;
            return (
              <li
                key={item.key}
                className={styles.row}
                data-dim={segment !== undefined && row.segment.spanId !== segment}
                style={{ transform: `translateY(${item.start}px)` }}
                aria-setsize={rows.length}
                aria-posinset={item.index + 1}
              >
                {row.kind === "segment" ? (
                  <SegmentRow
                    row={row}
                    span={span}
                    open={!collapsed.has(row.key)}
                    onToggle={() => toggle(row.key)}
                  />
                ) : (
                  <ExitRow exit={row.exit} depth={row.depth} span={span} onOpen={() => onExit(row.exit)} />
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

export interface Span {
  fromMs: number;
  toMs: number;
}

function Axis({ span }: { span: Span }) {
  // A label near the end would run into the next column.
  const ticks = axisTicks(span, TICKS_MAX).filter((tick) => barPlace(tick, 0, span).left <= TICK_LEFT_MAX);
  return (
    <div className={styles.axis} aria-hidden="true">
      <div className={styles.axisName}>Tier, exit call</div>
      <div className={styles.axisTime}>
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${barPlace(tick, 0, span).left}%` }}>
            {formatMs(tick)}
          </span>
        ))}
      </div>
      <div className={styles.axisDuration}>Duration</div>
    </div>
  );
}

function indent(depth: number): { paddingLeft: number } {
  return { paddingLeft: 8 + Math.min(depth, INDENT_LEVELS_MAX) * INDENT_PX };
}

interface SegmentProps {
  row: { segment: Segment; depth: number; children: number };
  span: Span;
  open: boolean;
  onToggle: () => void;
}

function SegmentRow({ row, span, open, onToggle }: SegmentProps) {
  const { segment, depth, children } = row;
  const { left, width } = barPlace(segment.offsetMs, segment.durationMs, span);
  const words = verdictWords(segment.verdict);
  return (
    <button
      type="button"
      className={styles.line}
      onClick={onToggle}
      aria-expanded={children > 0 ? open : undefined}
    >
      <span className={styles.name} style={indent(depth)}>
        <Icon
          name="chevronRight"
          size={12}
          className={children === 0 ? styles.none : open ? styles.open : ""}
        />
        <span className="visually-hidden">Tier </span>
        <b>{segment.tierName}</b>
        <span className="visually-hidden">, {words.label}, node </span>
        <span className={styles.faint}>{segment.nodeName}</span>
      </span>
      <span className={styles.track}>
        <i
          className={styles.segmentBar}
          data-open={segment.inFlight}
          style={{
            left: `${left}%`,
            width: `${width}%`,
            ...(words.verdict === "NORMAL" ? {} : { background: `var(--${words.token})` }),
          }}
        />
      </span>
      <span className={`number ${styles.duration}`}>{formatMs(segment.durationMs)}</span>
    </button>
  );
}

interface ExitProps {
  exit: ExitCall;
  depth: number;
  span: Span;
  onOpen: () => void;
}

function ExitRow({ exit, depth, span, onOpen }: ExitProps) {
  const { left, width } = barPlace(exit.offsetMs, exit.durationMs, span);
  const failed = exit.errors.length > 0;
  const title = exit.operation || exit.name;
  return (
    <button type="button" className={styles.line} onClick={onOpen} aria-haspopup="dialog" title={title}>
      <span className={styles.name} style={indent(depth)}>
        <Icon
          name={exitTypeIcon(exit.backend.exitType)}
          size={13}
          className={failed ? styles.failedIcon : styles.icon}
        />
        <span className="visually-hidden">
          Exit call {exit.sequence}, {exitTypeLabel(exit.backend.exitType)}
          {failed ? ", in error" : ""}
          {exit.ended ? "" : ", never ended"}:{" "}
        </span>
        <span className={styles.exitName}>{exit.name}</span>
        <span className={styles.faint}>{exit.toTierName ? `→ ${exit.toTierName}` : exit.operation}</span>
      </span>
      <span className={styles.track}>
        <i
          className={styles.exitBar}
          data-failed={failed}
          data-open={!exit.ended}
          style={{ left: `${left}%`, width: `${width}%` }}
        />
      </span>
      <span className={`number ${styles.duration}`}>{formatMs(exit.durationMs)}</span>
    </button>
  );
}
