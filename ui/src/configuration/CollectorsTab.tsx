import { Button } from "../design/Button";
import { CheckField, SelectField, TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { COLLECTED } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { Editing } from "./Editing";
import type { DataCollector } from "./model";

const NAMED = ["header", "cookie", "parameter"];

/** What of a request is kept as user data of its snapshot. */
export function CollectorsTab({ config, mayChange, set }: Editing) {
  const collectors = config.data_collectors;
  const setAll = (next: DataCollector[]) => set(["data_collectors"], next);
  const setOne = (index: number, values: Partial<DataCollector>) =>
    setAll(collectors.map((one, at) => (at === index ? { ...one, ...values } : one)));
  return (
    <fieldset className={styles.fields} disabled={!mayChange}>
      <div className={styles.title}>
        <p className={styles.faint}>
          Kept under USER DATA of every snapshot of a request that became a business transaction without code.
          What people send may be personal: collect what you need.
        </p>
        {mayChange ? (
          <Button
            onClick={() =>
              setAll([
                ...collectors,
                { name: "", value: { kind: "header", name: "" }, bts: [], disabled: false },
              ])
            }
          >
            <Icon name="plus" /> New data collector
          </Button>
        ) : null}
      </div>
      {collectors.length === 0 ? <p className={styles.faint}>Nothing is collected.</p> : null}
      {collectors.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are what stands at their place
        <div key={index} className={styles.line}>
          <TextField
            label="Called"
            value={one.name}
            onChange={(name) => setOne(index, { name })}
            error={one.name.trim() === "" ? "Give it a name." : undefined}
          />
          <SelectField
            label="What is kept"
            value={one.value.kind}
            onChange={(kind) =>
              setOne(index, {
                value: NAMED.includes(kind) ? { kind, name: one.value.name ?? "" } : { kind },
              })
            }
            options={COLLECTED}
          />
          {NAMED.includes(one.value.kind) ? (
            <TextField
              label="its name"
              value={one.value.name ?? ""}
              onChange={(name) => setOne(index, { value: { ...one.value, name } })}
            />
          ) : null}
          <div className={styles.wide}>
            <TextField
              label="Only of these business transactions"
              placeholder="all; several are separated by commas"
              value={one.bts.join(", ")}
              onChange={(text) =>
                setOne(index, { bts: text === "" ? [] : text.split(",").map((name) => name.trimStart()) })
              }
            />
          </div>
          <CheckField
            label="Off"
            checked={one.disabled}
            onChange={(disabled) => setOne(index, { disabled })}
          />
          <Button
            variant="quiet"
            square
            aria-label={`Remove data collector ${one.name}`}
            onClick={() => setAll(collectors.filter((_, at) => at !== index))}
          >
            <Icon name="trash" />
          </Button>
        </div>
      ))}
    </fieldset>
  );
}
