import { FilterBar } from "../design/FilterBar";
import { SearchBox } from "../design/SearchBox";
import { formatCount } from "../format/number";
import styles from "./ExitFilter.module.css";
import type { ExitCall } from "./read";

/** Executions with fewer exit calls are seen at a glance. */
export const FILTER_FROM_EXIT_CALLS = 8;

export interface ExitWish {
  q?: string | undefined;
  failed?: boolean | undefined;
}

/** Whether an exit call is wanted; nothing when all are. */
export function exitWanted({ q, failed }: ExitWish): ((exit: ExitCall) => boolean) | undefined {
  const words = q?.trim().toLowerCase();
  if (!words && !failed) return undefined;
  return (exit) => {
    if (failed && exit.errors.length === 0) return false;
    return !words || exit.name.toLowerCase().includes(words) || exit.operation.toLowerCase().includes(words);
  };
}

interface Props {
  wish: ExitWish;
  onChange: (wish: ExitWish) => void;
  shown: number;
  all: number;
}

/** Narrows the exit calls of one execution. */
export function ExitFilter({ wish, onChange, shown, all }: Props) {
  return (
    <div className={styles.filter}>
      <FilterBar>
        <SearchBox
          value={wish.q ?? ""}
          onChange={(q) => onChange({ q: q || undefined })}
          label="Filter exit calls by name or operation"
        />
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={wish.failed ?? false}
            onChange={(event) => onChange({ failed: event.target.checked || undefined })}
          />
          Only failed
        </label>
        <span className="number">
          {shown === all
            ? `${formatCount(all)} exit calls`
            : `${formatCount(shown)} of ${formatCount(all)} exit calls`}
        </span>
      </FilterBar>
    </div>
  );
}
