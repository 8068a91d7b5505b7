import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import styles from "../alerting/Alerting.module.css";
import { type Staleness, stalenessQuery } from "../api/administration";
import { useChange, useMay } from "../api/change";
import { Button } from "../design/Button";
import { FormError } from "../design/Field";
import { NumberField } from "../design/NumberField";
import { Loaded } from "../design/States";
import { STALENESS } from "../words/administration";
import own from "./StoreTab.module.css";

/** After how much silence things are left out of lists. */
export function ListsTab() {
  const hours = useQuery(stalenessQuery);
  return (
    <Loaded query={hours} height={320}>
      {(kept) => <Form key={JSON.stringify(kept)} kept={kept} />}
    </Loaded>
  );
}

type Draft = Record<keyof Staleness, number | null>;

function Form({ kept }: { kept: Staleness }) {
  const [draft, setDraft] = useState<Draft>(kept);
  const mayChange = useMay("manage-settings");
  const save = useChange({
    request: () => ({ method: "PUT", path: "/staleness", body: draft }),
    done: () => "Saved.",
  });
  const usable = STALENESS.every(([key]) => {
    const value = draft[key];
    return value !== null && Number.isInteger(value) && value >= 0;
  });
  const changed = STALENESS.some(([key]) => draft[key] !== kept[key]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (usable && changed) save.mutate();
  };
  return (
    <form className={own.form} onSubmit={submit}>
      <p className={styles.faint}>
        What is silent for so long is left out of lists. Its data stay as long as they are kept, and it is
        back with its first report. 0 means never.
      </p>
      {STALENESS.map(([key, label]) => (
        <NumberField
          key={key}
          label={label}
          unit="hours"
          value={draft[key]}
          disabled={!mayChange}
          onChange={(value) => setDraft({ ...draft, [key]: value })}
        />
      ))}
      <FormError error={save.error} />
      {mayChange ? (
        <div>
          <Button type="submit" variant="primary" disabled={!usable || !changed || save.isPending}>
            Save
          </Button>
        </div>
      ) : (
        <p className={styles.faint}>Changing it needs the permission to change settings.</p>
      )}
    </form>
  );
}
