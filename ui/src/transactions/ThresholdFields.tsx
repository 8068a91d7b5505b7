import { FieldGroup, FieldRow, SelectField, TextField } from "../design/Field";
import { thresholds as words } from "../words/overview";
import {
  positive,
  THRESHOLD_LEVELS,
  type ThresholdDraft,
  type ThresholdDrafts,
  type ThresholdLevel,
} from "./thresholds";

interface Props {
  drafts: ThresholdDrafts;
  onChange: (drafts: ThresholdDrafts) => void;
}

/** Slow, very slow and stall: from when on, each. */
export function ThresholdFields({ drafts, onChange }: Props) {
  return THRESHOLD_LEVELS.map((level) => (
    <Level
      key={level}
      level={level}
      draft={drafts[level]}
      onChange={(draft) => onChange({ ...drafts, [level]: draft })}
    />
  ));
}

interface LevelProps {
  level: ThresholdLevel;
  draft: ThresholdDraft;
  onChange: (draft: ThresholdDraft) => void;
}

function Level({ level, draft, onChange }: LevelProps) {
  const { kind, value, minimum } = draft;
  const wrong = (text: string) => (positive(text) === undefined ? words.number : undefined);
  const dynamic = kind === "percent_over_average" || kind === "standard_deviations";
  return (
    <FieldGroup title={words.levels[level]}>
      <FieldRow>
        <SelectField
          label={words.kind}
          value={kind}
          onChange={(next) => onChange({ ...draft, kind: next })}
          options={words.kinds}
        />
        {kind === "off" ? null : (
          <TextField
            label={words.values[kind]}
            unit={words.units[kind]}
            inputMode="decimal"
            value={value}
            onChange={(next) => onChange({ ...draft, value: next })}
            error={wrong(value)}
          />
        )}
        {dynamic ? (
          <TextField
            label={words.minimum}
            unit="ms"
            inputMode="decimal"
            value={minimum}
            onChange={(next) => onChange({ ...draft, minimum: next })}
            error={wrong(minimum)}
          />
        ) : null}
      </FieldRow>
    </FieldGroup>
  );
}
