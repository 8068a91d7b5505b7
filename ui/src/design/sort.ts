// The order of a table, as it stands in the address: `calls` ascending, `-calls` descending.

export interface Sort {
  column: string;
  descending: boolean;
}

export function readSort(text: string | undefined, fallback: Sort): Sort {
  if (!text || text === "-") return fallback;
  return text.startsWith("-")
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

export function writeSort(sort: Sort): string {
  return sort.descending ? `-${sort.column}` : sort.column;
}

/** A second click turns the order round; numbers begin with the greatest, names with A. */
export function toggleSort(sort: Sort | undefined, column: string, descendingFirst: boolean): Sort {
  if (sort?.column === column) return { column, descending: !sort.descending };
  return { column, descending: descendingFirst };
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Sorted copy; missing values come last either way, equal ones keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  by: (row: Row) => number | string | null,
  descending: boolean,
): Row[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row, index) => ({ row, index, value: by(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) {
        return Number(a.value === null) - Number(b.value === null) || a.index - b.index;
      }
      const order =
        typeof a.value === "number" && typeof b.value === "number"
          ? a.value - b.value
          : collator.compare(String(a.value), String(b.value));
      return sign * order || a.index - b.index;
    })
    .map(({ row }) => row);
}
