import { type ReactNode, useState } from "react";
import { TextField } from "./Field";

interface Props {
  label: string;
  value: number | null;
  /** `null` while what stands there is no number. */
  onChange: (value: number | null) => void;
  unit?: string;
  hint?: ReactNode;
  error?: string | undefined;
  bare?: boolean;
  /** Fractions make sense. */
  fractions?: boolean;
  disabled?: boolean;
  placeholder?: string;
}

function read(text: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

/** A number. What is typed stays as it is typed (`1.`), and is marked while it is none. */
export function NumberField({ label, value, onChange, unit, fractions = false, ...rest }: Props) {
  const [text, setText] = useState(value === null ? "" : String(value));
  // Another value came from outside.
  const shown = read(text) === value ? text : value === null ? text : String(value);
  const wrong = shown.trim() !== "" && read(shown) === null ? "This is not a number." : undefined;
  return (
    <TextField
      label={label}
      inputMode={fractions ? "decimal" : "numeric"}
      value={shown}
      onChange={(typed) => {
        setText(typed);
        onChange(read(typed));
      }}
      {...(unit === undefined ? {} : { unit })}
      {...rest}
      error={wrong ?? rest.error}
    />
  );
}
