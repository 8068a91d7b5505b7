import { useEffect, useState } from "react";
import type { SnapshotsSearch } from "../address";
import type { TierInfo } from "../api/contract";
import { Button } from "../design/Button";
import { FilterBar, Select } from "../design/FilterBar";
import { Icon } from "../design/Icon";
import { VERDICTS } from "../words";
import styles from "./SnapshotFilters.module.css";

interface Props {
  search: SnapshotsSearch;
  tiers: readonly TierInfo[];
  onChange: (values: Partial<SnapshotsSearch>) => void;
  count: string;
}

/** What narrows the list of snapshots; all of it stands in the address. */
export function SnapshotFilters({ search, tiers, onChange, count }: Props) {
  const verdicts = search.verdicts ?? [];
  const toggle = (verdict: (typeof VERDICTS)[number]["verdict"]) => {
    const next = verdicts.includes(verdict) ? verdicts.filter((one) => one !== verdict) : [...verdicts, verdict];
    onChange({ verdicts: next.length > 0 && next.length < VERDICTS.length ? next : undefined });
  };
  return (
    <FilterBar>
      <fieldset className={styles.verdicts}>
        <legend className="visually-hidden">Verdicts</legend>
        {VERDICTS.map(({ verdict, label, token }) => (
          <button
            key={verdict}
            type="button"
            className={styles.verdict}
            aria-pressed={verdicts.includes(verdict)}
            onClick={() => toggle(verdict)}
          >
            <i style={{ background: `var(--${token})` }} aria-hidden="true" />
            {label}
          </button>
        ))}
      </fieldset>
      <Select
        label="Tier"
        value={search.tier ? String(search.tier) : ""}
        onChange={(tier) => onChange({ tier: tier ? Number(tier) : undefined })}
        options={[["", "All tiers"], ...tiers.map(({ id, name }): [string, string] => [String(id), name])]}
      />
      <TextFilter label="Longer than, ms" width={120} value={search.minMs ? String(search.minMs) : ""} onChange={(text) => onChange({ minMs: Number(text) > 0 ? Number(text) : undefined })} />
      <TextFilter label="User data key" width={124} value={search.userDataKey ?? ""} onChange={(text) => onChange({ userDataKey: text || undefined })} />
      <TextFilter label="User data value" width={132} value={search.userDataValue ?? ""} onChange={(text) => onChange({ userDataValue: text || undefined })} />
      <TextFilter label="Request GUID" width={150} value={search.guid ?? ""} onChange={(text) => onChange({ guid: text.trim() || undefined })} />
      <label className={styles.segments}>
        <input
          type="checkbox"
          checked={search.segments ?? false}
          onChange={(event) => onChange({ segments: event.target.checked || undefined })}
        />
        All segments
      </label>
      <Others search={search} onChange={onChange} />
      <span>{count}</span>
    </FilterBar>
  );
}

/** Filters that links set: shown so that they can be taken away. */
function Others({ search, onChange }: Pick<Props, "search" | "onChange">) {
  const set = [
    ["bt", "one business transaction"],
    ["node", "one node"],
    ["backend", "one backend"],
  ] as const;
  return set.map(([name, label]) =>
    search[name] === undefined ? null : (
      <Button key={name} onClick={() => onChange({ [name]: undefined })} title="Remove this filter">
        {label}
        <Icon name="close" size={12} />
      </Button>
    ),
  );
}

const TYPING_PAUSE_MS = 350;

interface TextProps {
  label: string;
  width: number;
  value: string;
  onChange: (text: string) => void;
}

/** Asks once typing pauses, not with every letter. */
function TextFilter({ label, width, value, onChange }: TextProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <input
      type="text"
      className={styles.text}
      style={{ width }}
      aria-label={label}
      placeholder={label}
      spellCheck={false}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
