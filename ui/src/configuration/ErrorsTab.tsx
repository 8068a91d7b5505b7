import { useState } from "react";
import { Button } from "../design/Button";
import { CheckField, TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import styles from "./Configuration.module.css";
import type { Editing } from "./Editing";
import type { IgnoredError, StatusRange, TextMatch } from "./model";
import { TextMatchFields } from "./TextMatchFields";

const rangesText = (ranges: readonly StatusRange[]) =>
  ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");

/** `null` when it is none. */
function readRanges(text: string): StatusRange[] | null {
  const found: StatusRange[] = [];
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const match = /^(\d{3})(?:\s*-\s*(\d{3}))?$/.exec(part);
    if (!match) return null;
    const first = Number(match[1]);
    found.push({ first, last: Number(match[2] ?? first) });
  }
  return found;
}

/** What makes an execution an error. */
export function ErrorsTab({ config, mayChange, set }: Editing) {
  const { errors } = config;
  const setIgnored = (ignored: IgnoredError[]) => set(["errors", "ignored"], ignored);
  const setOne = (index: number, values: Partial<IgnoredError>) =>
    setIgnored(errors.ignored.map((one, at) => (at === index ? { ...one, ...values } : one)));
  return (
    <fieldset className={`${styles.fields} ${styles.narrow}`} disabled={!mayChange}>
      <CheckField
        label="HTTP status codes make executions errors"
        hint="Of requests that became business transactions without code. Uncaught exceptions always do."
        checked={errors.by_status}
        onChange={(byStatus) => set(["errors", "by_status"], byStatus)}
      />
      {errors.by_status ? (
        <Ranges
          ranges={errors.status_ranges}
          onChange={(ranges) => set(["errors", "status_ranges"], ranges)}
        />
      ) : null}
      <section className={styles.fields}>
        <div className={styles.title}>
          <h3>Errors that do not count</h3>
          {mayChange ? (
            <Button
              onClick={() =>
                setIgnored([
                  ...errors.ignored,
                  { type_name: { comparison: "equals", value: "", not: false }, message: null },
                ])
              }
            >
              <Icon name="plus" /> Ignore an error
            </Button>
          ) : null}
        </div>
        <p className={styles.faint}>They stay in the snapshot, but the execution is no error for them.</p>
        {errors.ignored.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are what stands at their place
          <div key={index} className={styles.rules}>
            <div className={styles.rule}>
              <div className={styles.fields}>
                <Optional
                  label="Its type"
                  value={one.type_name}
                  onChange={(type) => setOne(index, { type_name: type })}
                />
                <Optional
                  label="Its message"
                  value={one.message}
                  onChange={(message) => setOne(index, { message })}
                />
              </div>
              <Button
                variant="quiet"
                square
                aria-label={`Count error ${index + 1} again`}
                onClick={() => setIgnored(errors.ignored.filter((_, at) => at !== index))}
              >
                <Icon name="trash" />
              </Button>
            </div>
          </div>
        ))}
      </section>
    </fieldset>
  );
}

function Ranges({ ranges, onChange }: { ranges: StatusRange[]; onChange: (ranges: StatusRange[]) => void }) {
  const [text, setText] = useState(rangesText(ranges));
  const read = readRanges(text);
  const shown = read !== null && rangesText(read) !== rangesText(ranges) ? rangesText(ranges) : text;
  return (
    <TextField
      label="Which status codes"
      value={shown}
      onChange={(typed) => {
        setText(typed);
        const found = readRanges(typed);
        if (found) onChange(found);
      }}
      hint="Single ones and ranges: 400-505, 599"
      error={read === null ? "Three digits, or two of them with a dash between." : undefined}
    />
  );
}

interface OptionalProps {
  label: string;
  value: TextMatch | null;
  onChange: (value: TextMatch | null) => void;
}

function Optional({ label, value, onChange }: OptionalProps) {
  return (
    <>
      <CheckField
        label={label}
        checked={value !== null}
        onChange={(wanted) => onChange(wanted ? { comparison: "contains", value: "", not: false } : null)}
      />
      {value ? <TextMatchFields label={label} value={value} onChange={onChange} /> : null}
    </>
  );
}
