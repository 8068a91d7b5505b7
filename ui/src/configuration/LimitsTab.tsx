import { Link } from "@tanstack/react-router";
import { Button } from "../design/Button";
import { CheckField, FieldRow } from "../design/Field";
import { Icon } from "../design/Icon";
import { NumberField } from "../design/NumberField";
import styles from "./Configuration.module.css";
import type { Editing } from "./Editing";

const MEBIBYTE = 1024 * 1024;

/** How much an agent may name, hold and wait. */
export function LimitsTab({ app, config, mayChange, set }: Editing) {
  const { limits } = config;
  return (
    <fieldset className={`${styles.fields} ${styles.narrow}`} disabled={!mayChange}>
      <h3>Names an agent reports apart</h3>
      <FieldRow>
        <NumberField
          label="Business transactions"
          hint="The rest is All Other Traffic."
          value={limits.bts_max}
          onChange={(value) => set(["limits", "bts_max"], value ?? 0)}
        />
        <NumberField
          label="Remote services and databases"
          hint="The rest is one per kind."
          value={limits.backends_max}
          onChange={(value) => set(["limits", "backends_max"], value ?? 0)}
        />
      </FieldRow>
      {config.promoted_bts.length > 0 ? (
        <section>
          <h3>Reported apart although the limit is reached</h3>
          <div className={styles.rules}>
            {config.promoted_bts.map((name) => (
              <div key={name} className={styles.rule}>
                <div>{name}</div>
                {mayChange ? (
                  <Button
                    variant="quiet"
                    square
                    aria-label={`No longer apart: ${name}`}
                    onClick={() =>
                      set(
                        ["promoted_bts"],
                        config.promoted_bts.filter((other) => other !== name),
                      )
                    }
                  >
                    <Icon name="trash" />
                  </Button>
                ) : null}
              </div>
            ))}
          </div>
        </section>
      ) : null}
      <p className={styles.faint}>
        What a remote service is called and which tier it is, is decided on{" "}
        <Link to="/applications/$app/backends" params={{ app }}>
          its own page
        </Link>
        .
      </p>
      <h3>What an agent may take</h3>
      <FieldRow>
        <NumberField
          label="Memory"
          unit="MiB"
          fractions
          value={limits.memory_bytes_max / MEBIBYTE}
          onChange={(value) => set(["limits", "memory_bytes_max"], Math.round((value ?? 0) * MEBIBYTE))}
        />
        <NumberField
          label="Spool on disk, while the controller is away"
          unit="MiB"
          fractions
          value={limits.spool_bytes_max / MEBIBYTE}
          onChange={(value) => set(["limits", "spool_bytes_max"], Math.round((value ?? 0) * MEBIBYTE))}
        />
      </FieldRow>
      <h3>Requests</h3>
      <FieldRow>
        <NumberField
          label="An execution that does not end is a stall after"
          unit="s"
          value={config.transaction_timeout_s}
          onChange={(value) => set(["transaction_timeout_s"], value ?? 0)}
        />
        <span />
      </FieldRow>
      <CheckField
        label="Correlation headers are made and read"
        hint="Without them every tier begins a transaction of its own."
        checked={config.correlation_enabled}
        onChange={(enabled) => set(["correlation_enabled"], enabled)}
      />
    </fieldset>
  );
}
