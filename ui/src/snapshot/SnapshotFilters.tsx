import { Popover } from "@base-ui/react/popover";
import { type FormEvent, useId, useState } from "react";
import type { SnapshotsSearch } from "../address";
import type { TierInfo } from "../api/contract";
import { Button, buttonClass } from "../design/Button";
import { FilterBar, Select } from "../design/FilterBar";
import { Icon } from "../design/Icon";
import { formatMs } from "../format/number";
import { policyShort, VERDICTS } from "../words";
import { POLICY_CHOICES, VIEWER } from "../words/executions";
import styles from "./SnapshotFilters.module.css";

interface Props {
  search: SnapshotsSearch;
  tiers: readonly TierInfo[];
  /** Names of what the address names by number. */
  names: FilterNames;
  onChange: (values: Partial<SnapshotsSearch>) => void;
  count: string;
}

export interface FilterNames {
  bt: string | undefined;
  node: string | undefined;
  backend: string | undefined;
}

/** What narrows the list of snapshots; all of it stands in the address. */
export function SnapshotFilters({ search, tiers, names, onChange, count }: Props) {
  const verdicts = search.verdicts ?? [];
  const toggle = (verdict: (typeof VERDICTS)[number]["verdict"]) => {
    const next = verdicts.includes(verdict)
      ? verdicts.filter((one) => one !== verdict)
      : [...verdicts, verdict];
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
      <MoreFilters search={search} onChange={onChange} />
      <SetFilters search={search} names={names} onChange={onChange} />
      <span className="number">{count}</span>
    </FilterBar>
  );
}

type Change = Pick<Props, "search" | "onChange">;

/** Filters that are set but not in sight: shown so that they can be taken away. */
function SetFilters({ search, names, onChange }: Change & Pick<Props, "names">) {
  const set: [keyof SnapshotsSearch, string][] = [];
  if (search.bt !== undefined) set.push(["bt", names.bt ?? "one business transaction"]);
  if (search.node !== undefined) set.push(["node", names.node ? `node ${names.node}` : "one node"]);
  if (search.backend !== undefined)
    set.push(["backend", names.backend ? `calling ${names.backend}` : "calling one backend"]);
  if (search.minMs !== undefined) set.push(["minMs", `longer than ${formatMs(search.minMs)}`]);
  if (search.userDataKey !== undefined) set.push(["userDataKey", `user data ${search.userDataKey}`]);
  if (search.userDataValue !== undefined) set.push(["userDataValue", `user data = ${search.userDataValue}`]);
  if (search.guid !== undefined) set.push(["guid", `GUID ${search.guid}`]);
  if (search.segments) set.push(["segments", "all segments"]);
  if (search.policies) set.push(["policies", `kept: ${search.policies.map(policyShort).join(", ")}`]);
  if (search.hasErrors) set.push(["hasErrors", "with errors anywhere"]);
  if (search.archived) set.push(["archived", VIEWER.archivedMark.toLowerCase()]);
  return set.map(([name, label]) => (
    <Button
      key={name}
      className={styles.set}
      onClick={() => onChange({ [name]: undefined })}
      title={`Remove: ${label}`}
    >
      <span>{label}</span>
      <Icon name="close" size={12} />
    </Button>
  ));
}

function MoreFilters({ search, onChange }: Change) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={buttonClass}>
        <Icon name="filter" size={14} />
        More filters
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className={styles.positioner}>
          <Popover.Popup className={styles.popup} aria-label="More filters">
            <MoreForm
              search={search}
              onChange={(values) => {
                onChange(values);
                setOpen(false);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function MoreForm({ search, onChange }: Change) {
  const id = useId();
  const [values, setValues] = useState({
    minMs: search.minMs ? String(search.minMs) : "",
    userDataKey: search.userDataKey ?? "",
    userDataValue: search.userDataValue ?? "",
    guid: search.guid ?? "",
    segments: search.segments ?? false,
    policy: search.policies?.length === 1 ? (search.policies[0] ?? "") : "",
    hasErrors: search.hasErrors ?? false,
    archived: search.archived ?? false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange({
      minMs: Number(values.minMs) > 0 ? Number(values.minMs) : undefined,
      userDataKey: values.userDataKey || undefined,
      userDataValue: values.userDataValue || undefined,
      guid: values.guid.trim() || undefined,
      segments: values.segments || undefined,
      policies: values.policy ? [values.policy] : undefined,
      hasErrors: values.hasErrors || undefined,
      archived: values.archived || undefined,
    });
  };
  const text = (name: "minMs" | "userDataKey" | "userDataValue" | "guid", label: string, type = "text") => (
    <>
      <label htmlFor={`${id}${name}`}>{label}</label>
      <input
        id={`${id}${name}`}
        type={type}
        min={0}
        spellCheck={false}
        value={values[name]}
        onChange={(event) => setValues({ ...values, [name]: event.target.value })}
      />
    </>
  );
  const check = (name: "segments" | "hasErrors" | "archived", label: string) => (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={values[name]}
        onChange={(event) => setValues({ ...values, [name]: event.target.checked })}
      />
      {label}
    </label>
  );
  return (
    <form className={styles.form} onSubmit={submit}>
      {text("minMs", "Longer than, in milliseconds", "number")}
      {text("userDataKey", "User data key")}
      {text("userDataValue", "User data value")}
      {text("guid", "Request GUID")}
      <label htmlFor={`${id}policy`}>Kept because</label>
      <select
        id={`${id}policy`}
        value={values.policy}
        onChange={(event) => setValues({ ...values, policy: event.target.value })}
      >
        <option value="">Any reason</option>
        {POLICY_CHOICES.map(([policy, label]) => (
          <option key={policy} value={policy}>
            {label}
          </option>
        ))}
      </select>
      {check("hasErrors", "With errors, also in exit calls")}
      {check("archived", VIEWER.archivedMark)}
      {check("segments", "Every segment, not only where an execution began")}
      <Button type="submit" variant="primary">
        Filter
      </Button>
    </form>
  );
}
