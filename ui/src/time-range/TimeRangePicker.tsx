import { Popover } from "@base-ui/react/popover";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { Button, buttonClass } from "../design/Button";
import { Icon } from "../design/Icon";
import { formatClock, formatDay, toLocalInput } from "../format/time";
import { bounds, PRESETS, type Preset, RANGE_MIN_MS, type RangeSearch, type TimeRange } from "./range";
import styles from "./TimeRangePicker.module.css";
import { setLive, useLive, useTimeRange } from "./useTimeRange";

function label(range: TimeRange): string {
  if (range.kind === "preset") return PRESETS[range.preset].label;
  const { from, to } = range;
  const oneDay = formatDay(from) === formatDay(to);
  const end = oneDay ? formatClock(to) : `${formatDay(to)}, ${formatClock(to)}`;
  return `${formatDay(from)}, ${formatClock(from)} – ${end}`;
}

/** Sets the range in the address and leaves everything else there as it is. */
export function useSetRange(): (search: RangeSearch) => void {
  const navigate = useNavigate();
  return ({ range, from, to }) =>
    void navigate({ to: ".", search: (previous: object) => ({ ...previous, range, from, to }) } as never);
}

export function TimeRangePicker() {
  const [open, setOpen] = useState(false);
  const range = useTimeRange();
  const setRange = useSetRange();
  const choose = (search: RangeSearch) => {
    setRange(search);
    setOpen(false);
  };
  return (
    <div className={styles.picker}>
      <LiveSwitch range={range} />
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger className={buttonClass} aria-label={`Time range: ${label(range)}`}>
          <Icon name="clock" size={14} />
          {label(range)}
          <Icon name="chevronDown" size={14} />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={6} align="end" className={styles.positioner}>
            <Popover.Popup className={styles.popup} aria-label="Time range">
              <ul className={styles.presets}>
                {(Object.keys(PRESETS) as Preset[]).map((preset) => (
                  <li key={preset}>
                    <button
                      type="button"
                      className={styles.preset}
                      aria-pressed={range.kind === "preset" && range.preset === preset}
                      onClick={() => choose({ range: preset })}
                    >
                      {PRESETS[preset].label}
                    </button>
                  </li>
                ))}
              </ul>
              <CustomRange range={range} onChoose={choose} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </div>
  );
}

function LiveSwitch({ range }: { range: TimeRange }) {
  const live = useLive();
  const client = useQueryClient();
  if (range.kind === "custom") return null;
  const toggle = () => {
    setLive(!live);
    if (!live) void client.invalidateQueries();
  };
  return (
    <Button
      variant="quiet"
      onClick={toggle}
      aria-pressed={live}
      title={live ? "Refreshes by itself; press to pause" : "Paused; press to go on"}
    >
      <span className={live ? styles.pulse : styles.paused} aria-hidden="true" />
      {live ? "Live" : "Paused"}
    </Button>
  );
}

function CustomRange({ range, onChoose }: { range: TimeRange; onChoose: (search: RangeSearch) => void }) {
  const id = useId();
  const [values, setValues] = useState(() => {
    const { from, to } = bounds(range, Date.now());
    return { from: toLocalInput(from), to: toLocalInput(to) };
  });
  const from = Date.parse(values.from);
  const to = Date.parse(values.to);
  const problem = to - from >= RANGE_MIN_MS ? "" : "The end must be at least a minute after the start.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!problem) onChoose({ from, to });
  };
  return (
    <form className={styles.custom} onSubmit={submit}>
      <p className={styles.heading}>Custom</p>
      <label htmlFor={`${id}from`}>From</label>
      <input
        id={`${id}from`}
        type="datetime-local"
        value={values.from}
        onChange={(event) => setValues({ ...values, from: event.target.value })}
      />
      <label htmlFor={`${id}to`}>To</label>
      <input
        id={`${id}to`}
        type="datetime-local"
        value={values.to}
        onChange={(event) => setValues({ ...values, to: event.target.value })}
      />
      {problem ? (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      ) : null}
      <Button type="submit" variant="primary" disabled={problem !== ""}>
        Show
      </Button>
    </form>
  );
}
