// A table of any length: only the rows in sight exist. Sorted by the caller's columns, the order kept in the address.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef } from "react";
import styles from "./DataTable.module.css";
import { Icon } from "./Icon";
import { type Sort, sortRows, toggleSort } from "./sort";

export interface Column<Row> {
  id: string;
  header: string;
  /** A CSS grid track. */
  width: string;
  align?: "right";
  /** What it sorts by; without it the column does not sort. */
  sortBy?: (row: Row) => number | string | null;
  cell: (row: Row) => ReactNode;
  /** Left out on screens narrower than the table's `narrow`. */
  wideOnly?: boolean;
}

interface Props<Row> {
  /** What the rows are, for screen readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** Stands in for rows when there are none. */
  empty: ReactNode;
  /** Fills its parent and scrolls inside; otherwise as high as its rows. */
  scroll?: boolean;
  /** Called when the end comes into sight. */
  onEnd?: () => void;
}

const HEAD_HEIGHT_PX = 32;
const ROW_HEIGHT_PX = 40;
const OVERSCAN_ROWS = 12;

export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowKey, sort, onSort, empty, scroll = false, onEnd } = props;
  const container = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    const column = sort && columns.find((candidate) => candidate.id === sort.column);
    return sort && column?.sortBy ? sortRows(rows, column.sortBy, sort.descending) : rows;
  }, [rows, columns, sort]);
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => container.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN_ROWS,
    enabled: scroll,
    getItemKey: (index) => rowKey(sorted[index] as Row),
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1);
      if (last && last.index >= sorted.length - OVERSCAN_ROWS) onEnd?.();
    },
  });
  const tracks = columns.map((column) => column.width).join(" ");
  const row = (data: Row, index: number, offset?: number) => (
    <BodyRow key={rowKey(data)} columns={columns} data={data} index={index} tracks={tracks} offset={offset} />
  );
  return (
    <div
      className={scroll ? styles.scroll : styles.whole}
      style={
        scroll && sorted.length > 0 ? { height: HEAD_HEIGHT_PX + sorted.length * ROW_HEIGHT_PX } : undefined
      }
      ref={container}
      {...(scroll ? { tabIndex: 0, role: "region", "aria-label": label } : {})}
    >
      <div role="table" aria-label={label} aria-rowcount={sorted.length + 1} className={styles.table}>
        <div role="rowgroup" className={styles.head}>
          <div
            role="row"
            aria-rowindex={1}
            className={styles.headRow}
            style={{ gridTemplateColumns: tracks }}
          >
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </div>
        </div>
        {sorted.length === 0 ? null : (
          <div
            role="rowgroup"
            className={styles.rows}
            style={scroll ? { height: virtualizer.getTotalSize() } : undefined}
          >
            {scroll
              ? virtualizer
                  .getVirtualItems()
                  .map((item) => row(sorted[item.index] as Row, item.index, item.start))
              : sorted.map((data, index) => row(data, index))}
          </div>
        )}
      </div>
      {sorted.length === 0 ? <div className={styles.empty}>{empty}</div> : null}
    </div>
  );
}

interface BodyRowProps<Row> {
  columns: Column<Row>[];
  data: Row;
  index: number;
  tracks: string;
  /** Where a virtual row stands. */
  offset: number | undefined;
}

function BodyRow<Row>({ columns, data, index, tracks, offset }: BodyRowProps<Row>) {
  const place = offset === undefined ? {} : { transform: `translateY(${offset}px)` };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={offset === undefined ? styles.row : styles.rowPlaced}
      style={{ gridTemplateColumns: tracks, ...place }}
    >
      {columns.map((column) => (
        <div key={column.id} role="cell" className={column.align === "right" ? styles.right : styles.cell}>
          {column.cell(data)}
        </div>
      ))}
    </div>
  );
}

interface HeaderProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderProps<Row>) {
  const active = sort?.column === column.id;
  const className = column.align === "right" ? styles.right : styles.cell;
  if (!onSort || !column.sortBy) {
    return (
      <div role="columnheader" className={className}>
        {column.header}
      </div>
    );
  }
  return (
    <div
      role="columnheader"
      className={className}
      aria-sort={active ? (sort.descending ? "descending" : "ascending") : "none"}
    >
      <button
        type="button"
        className={styles.sort}
        onClick={() => onSort(toggleSort(sort, column.id, column.align === "right"))}
      >
        {column.header}
        <Icon
          name="chevronDown"
          size={12}
          className={active ? (sort.descending ? styles.descending : styles.ascending) : styles.unsorted}
        />
      </button>
    </div>
  );
}
