import { CheckField, SelectField, TextField } from "../design/Field";
import { COMPARISONS } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { TextMatch } from "./model";

interface Props {
  /** What is compared. */
  label: string;
  value: TextMatch;
  onChange: (value: TextMatch) => void;
}

/** How a text must be. */
export function TextMatchFields({ label, value, onChange }: Props) {
  return (
    <div className={styles.line}>
      <SelectField
        label={`${label}: how`}
        bare
        value={value.comparison}
        onChange={(comparison) => onChange({ ...value, comparison })}
        options={COMPARISONS}
      />
      {value.comparison === "not_empty" ? null : (
        <div className={styles.wide}>
          <TextField
            label={`${label}: text`}
            bare
            placeholder={value.comparison === "regex" ? "^/api/v\\d+/" : "Text"}
            value={value.value}
            onChange={(text) => onChange({ ...value, value: text })}
          />
        </div>
      )}
      <CheckField label="not" checked={value.not} onChange={(not) => onChange({ ...value, not })} />
    </div>
  );
}
