// The tree of metrics: folders are asked for when they are opened. One stop for the keyboard, arrows inside it.
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { type MetricEntry, metricFolderQuery } from "../api/metrics";
import { Icon } from "../design/Icon";
import { ErrorState, Skeleton } from "../design/States";
import { folderMeaning } from "../words/metrics";
import styles from "./MetricTree.module.css";
import { parents } from "./paths";

interface Props {
  app: string;
  open: readonly string[];
  chosen: ReadonlySet<string>;
  onOpen: (open: string[]) => void;
  onChoose: (path: string) => void;
}

interface Row extends MetricEntry {
  level: number;
  expanded: boolean;
  /** Why it shows nothing yet, or nothing at all. */
  note?: string;
}

const ROW_HEIGHT_PX = 28;

export function MetricTree({ app, open, chosen, onOpen, onChoose }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const folders = useMemo(() => ["", ...open], [open]);
  const answers = useQueries({
    queries: folders.map((path) => metricFolderQuery(app, path)),
    combine: (results) => new Map(results.map((result, index) => [folders[index] as string, result])),
  });
  const root = answers.get("");
  const rows = useMemo(() => {
    const found: Row[] = [];
    const walk = (parent: string, level: number) => {
      const answer = answers.get(parent);
      for (const entry of answer?.data ?? []) {
        const expanded = entry.folder && answers.has(entry.path);
        const below = answers.get(entry.path);
        const note =
          expanded && below?.error
            ? below.error.message
            : expanded && below?.data?.length === 0
              ? "empty"
              : undefined;
        found.push({ ...entry, level, expanded, ...(note ? { note } : {}) });
        if (expanded) walk(entry.path, level + 1);
      }
    };
    walk("", 1);
    return found;
  }, [answers]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 12,
    getItemKey: (index) => rows[index]?.path ?? index,
  });
  const at = Math.max(
    0,
    rows.findIndex((row) => row.path === active),
  );
  const go = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    setActive(row.path);
    virtualizer.scrollToIndex(rows.indexOf(row));
  };
  const toggle = (row: Row, wanted = !row.expanded) =>
    onOpen(wanted ? [...open, row.path] : open.filter((path) => path !== row.path));
  const act = (row: Row) => (row.folder ? toggle(row) : onChoose(row.path));
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row) return;
    const done = keyAction(event.key, { row, rows, at, go, toggle, act });
    if (done) event.preventDefault();
  };
  if (root?.error && !root.data)
    return <ErrorState error={root.error} compact onRetry={() => void root.refetch()} />;
  if (!root?.data) return <Skeleton height="100%" />;
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Metrics"
      aria-multiselectable="true"
      aria-activedescendant={rows[at] ? rowId(at) : undefined}
      tabIndex={0}
      className={styles.tree}
      onKeyDown={onKeyDown}
    >
      <div className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index] as Row;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself has the keyboard and the focus
            <div
              key={row.path}
              id={rowId(index)}
              role="treeitem"
              aria-level={row.level}
              aria-selected={chosen.has(row.path)}
              {...(row.folder ? { "aria-expanded": row.expanded } : {})}
              data-active={index === at}
              className={styles.row}
              style={{ transform: `translateY(${start}px)`, paddingLeft: 8 + (row.level - 1) * 16 }}
              title={row.level === 1 ? folderMeaning(row.name) : row.name}
              onClick={() => {
                setActive(row.path);
                act(row);
              }}
            >
              {row.folder ? (
                <Icon
                  name={row.expanded ? "chevronDown" : "chevronRight"}
                  size={12}
                  className={styles.sign}
                />
              ) : (
                <span className={styles.mark}>
                  {chosen.has(row.path) ? <Icon name="check" size={12} /> : null}
                </span>
              )}
              <span className={styles.name}>{row.name}</span>
              {row.note ? <span className={styles.note}>{row.note}</span> : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const rowId = (index: number) => `metric-${index}`;

interface KeyContext {
  row: Row;
  rows: readonly Row[];
  at: number;
  go: (index: number) => void;
  toggle: (row: Row, wanted?: boolean) => void;
  act: (row: Row) => void;
}

/** The keys of a tree (WAI-ARIA Authoring Practices, tree view). */
function keyAction(key: string, { row, rows, at, go, toggle, act }: KeyContext): boolean {
  switch (key) {
    case "ArrowDown":
      go(at + 1);
      return true;
    case "ArrowUp":
      go(at - 1);
      return true;
    case "Home":
      go(0);
      return true;
    case "End":
      go(rows.length - 1);
      return true;
    case "ArrowRight":
      if (row.folder && !row.expanded) toggle(row, true);
      else if (row.folder) go(at + 1);
      return true;
    case "ArrowLeft":
      if (row.expanded) toggle(row, false);
      else {
        const parent = parents(row.path).at(-1);
        if (parent !== undefined) go(rows.findIndex((one) => one.path === parent));
      }
      return true;
    case "Enter":
    case " ":
      act(row);
      return true;
    default:
      return false;
  }
}
