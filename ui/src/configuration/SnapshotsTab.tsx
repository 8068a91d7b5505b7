import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useChange } from "../api/change";
import { type DiagnosticPolicy, diagnosticPolicyQuery } from "../api/configuration";
import { Button } from "../design/Button";
import { CheckField, FieldRow, FormError } from "../design/Field";
import { NumberField } from "../design/NumberField";
import { Loaded } from "../design/States";
import styles from "./Configuration.module.css";
import type { Editing } from "./Editing";

/** Which executions are kept besides slow, stalled and failed ones. */
export function SnapshotsTab({ app, tier, config, mayChange, set }: Editing) {
  const { snapshots } = config;
  return (
    <>
      <fieldset className={`${styles.fields} ${styles.narrow}`} disabled={!mayChange}>
        <p className={styles.faint}>Slow, very slow, stalled and failed executions are always kept.</p>
        <FieldRow>
          <NumberField
            label="One of each business transaction every"
            unit="s"
            hint="0 switches the periodic sample off."
            value={snapshots.periodic_interval_s}
            onChange={(value) => set(["snapshots", "periodic_interval_s"], value ?? 0)}
          />
          <NumberField
            label="Every n-th execution"
            hint="0 switches it off."
            value={snapshots.every_nth}
            onChange={(value) => set(["snapshots", "every_nth"], value ?? 0)}
          />
        </FieldRow>
        <CheckField
          label="The tiers behind keep the same request"
          hint="So that a snapshot shows the whole way."
          checked={snapshots.propagate}
          onChange={(propagate) => set(["snapshots", "propagate"], propagate)}
        />
      </fieldset>
      {tier === undefined ? <Automatic app={app} mayChange={mayChange} /> : null}
    </>
  );
}

/** When the controller starts diagnostic sessions by itself. Kept by itself, not told to agents. */
function Automatic({ app, mayChange }: { app: string; mayChange: boolean }) {
  const policy = useQuery(diagnosticPolicyQuery(app));
  return (
    <Loaded query={policy} height={200}>
      {(kept) => <AutomaticForm key={JSON.stringify(kept)} app={app} kept={kept} mayChange={mayChange} />}
    </Loaded>
  );
}

const NUMBERS = [
  ["slowPercent", "Slow executions", "%"],
  ["errorPercent", "Failed executions", "%"],
  ["callsMin", "At least so many executions", ""],
  ["minutes", "within", "minutes"],
  ["sessionMinutes", "A session lasts", "minutes"],
  ["snapshotsMax", "and keeps, per agent", "snapshots"],
  ["pauseMinutes", "then not again for", "minutes"],
] as const;

interface FormProps {
  app: string;
  kept: DiagnosticPolicy;
  mayChange: boolean;
}

function AutomaticForm({ app, kept, mayChange }: FormProps) {
  const [draft, setDraft] = useState(kept);
  const path = `/applications/${app}/diagnostic-policy`;
  const save = useChange({
    request: () => ({ method: "PUT", path, body: draft }),
    affects: [path],
    done: () => "Saved.",
  });
  const changed = JSON.stringify(draft) !== JSON.stringify(kept);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <fieldset className={`${styles.fields} ${styles.narrow}`} disabled={!mayChange}>
        <h3>Diagnostic sessions that begin by themselves</h3>
        <CheckField
          label="When too many executions of a business transaction are slow or fail, keep all of them for a while"
          checked={draft.enabled}
          onChange={(enabled) => setDraft({ ...draft, enabled })}
        />
        {draft.enabled ? (
          <FieldRow>
            {NUMBERS.map(([key, label, unit]) => (
              <NumberField
                key={key}
                label={label}
                unit={unit}
                fractions={unit === "%"}
                value={draft[key]}
                onChange={(value) => setDraft({ ...draft, [key]: value ?? 0 })}
              />
            ))}
          </FieldRow>
        ) : null}
        <FormError error={save.error} />
        {mayChange && changed ? (
          <div>
            <Button type="submit" variant="primary" disabled={save.isPending}>
              Save this
            </Button>
          </div>
        ) : null}
      </fieldset>
    </form>
  );
}
