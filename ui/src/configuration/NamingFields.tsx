import { Button } from "../design/Button";
import { FieldRow, SelectField, TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { NumberField } from "../design/NumberField";
import { PART_KINDS, URI_KINDS } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { NamePart, NamingRule, UriPart } from "./model";

interface Props {
  value: NamingRule;
  onChange: (value: NamingRule) => void;
}

function uriOf(kind: UriPart["kind"]): UriPart {
  switch (kind) {
    case "first_segments":
    case "last_segments":
      return { kind, count: 2 };
    case "segments":
      return { kind, numbers: [1, 2] };
    default:
      return { kind };
  }
}

/** What of a request makes its name. */
export function NamingFields({ value, onChange }: Props) {
  const { uri, parts } = value;
  const setPart = (index: number, part: NamePart) =>
    onChange({ ...value, parts: parts.map((one, at) => (at === index ? part : one)) });
  return (
    <div className={styles.fields}>
      <FieldRow>
        <SelectField
          label="Name a request by"
          value={uri.kind}
          onChange={(kind) => onChange({ ...value, uri: uriOf(kind) })}
          options={URI_KINDS}
        />
        {uri.kind === "first_segments" || uri.kind === "last_segments" ? (
          <NumberField
            label="How many segments"
            value={uri.count}
            onChange={(count) => onChange({ ...value, uri: { ...uri, count: Math.max(1, count ?? 1) } })}
          />
        ) : uri.kind === "segments" ? (
          <TextField
            label="Which segments, from 1"
            value={uri.numbers.join(", ")}
            onChange={(text) =>
              onChange({
                ...value,
                uri: {
                  kind: "segments",
                  numbers: text
                    .split(/[^\d]+/)
                    .filter(Boolean)
                    .map(Number),
                },
              })
            }
          />
        ) : (
          <span />
        )}
      </FieldRow>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts are what stands at their place
        <div key={index} className={styles.line}>
          <SelectField
            label="Behind it, after a dot"
            value={part.kind}
            onChange={(kind) =>
              setPart(index, kind === "method" ? { kind } : { kind, name: "name" in part ? part.name : "" })
            }
            options={PART_KINDS}
          />
          {part.kind === "method" ? null : (
            <TextField
              label="called"
              value={part.name}
              onChange={(name) => setPart(index, { ...part, name })}
            />
          )}
          <Button
            variant="quiet"
            square
            aria-label={`Remove part ${index + 1}`}
            onClick={() => onChange({ ...value, parts: parts.filter((_, at) => at !== index) })}
          >
            <Icon name="trash" />
          </Button>
        </div>
      ))}
      <div>
        <Button onClick={() => onChange({ ...value, parts: [...parts, { kind: "method" }] })}>
          <Icon name="plus" /> Put something behind it
        </Button>
      </div>
    </div>
  );
}
