import { CheckField, FieldGroup } from "../design/Field";

interface Props {
  title: string;
  options: readonly { id: number; name: string; description?: string }[];
  chosen: readonly number[];
  onChange: (chosen: number[]) => void;
}

/** Some of a few, by name. */
export function Chooser({ title, options, chosen, onChange }: Props) {
  return (
    <FieldGroup title={title}>
      {options.map(({ id, name, description }) => (
        <CheckField
          key={id}
          label={name}
          hint={description}
          checked={chosen.includes(id)}
          onChange={(wanted) => onChange(wanted ? [...chosen, id] : chosen.filter((other) => other !== id))}
        />
      ))}
      {options.length === 0 ? <p>There are none yet.</p> : null}
    </FieldGroup>
  );
}

/** Names of what was chosen, for lists. */
export function namesOf(options: readonly { id: number; name: string }[], chosen: readonly number[]): string {
  return options
    .filter(({ id }) => chosen.includes(id))
    .map(({ name }) => name)
    .join(", ");
}
