// What people fill in: every field has a label, may have a hint, and says below itself what is wrong with it.
import {
  type ChangeEvent,
  type InputHTMLAttributes,
  type ReactNode,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { ApiError } from "../api/client";
import styles from "./Field.module.css";
import { Icon } from "./Icon";

interface Common {
  label: string;
  /** What it is for, when the label cannot say it. */
  hint?: ReactNode;
  /** What is wrong with what stands there, and what would be right. */
  error?: string | undefined;
  /** The label is for screen readers only, as in a row of a table. */
  bare?: boolean;
}

interface FrameProps extends Common {
  id: string;
  children: ReactNode;
}

function Frame({ id, label, hint, error, bare = false, children }: FrameProps) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={bare ? "visually-hidden" : styles.label}>
        {label}
      </label>
      {children}
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}

function Notes({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <>
      {error ? (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      ) : null}
      {hint ? (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      ) : null}
    </>
  );
}

function describedBy(id: string, { hint, error }: Common) {
  const ids = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  return { "aria-describedby": ids || undefined, "aria-invalid": error ? true : undefined };
}

type Native<T> = Omit<T, "value" | "onChange" | "id">;

interface TextProps extends Common, Native<InputHTMLAttributes<HTMLInputElement>> {
  value: string;
  onChange: (value: string) => void;
  /** Right of the value inside the field: `ms`, `%`. */
  unit?: string;
}

/** One line. Numbers are text too (`inputMode="numeric"`): what is typed stays until it is right. */
export function TextField({ value, onChange, unit, ...props }: TextProps) {
  const id = useId();
  const { label, hint, error, bare, className = "", ...rest } = props;
  const input = (
    <input
      id={id}
      type="text"
      autoComplete="off"
      spellCheck={false}
      className={`${styles.input} ${className}`}
      value={value}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.target.value)}
      {...describedBy(id, props)}
      {...rest}
    />
  );
  return (
    <Frame id={id} label={label} hint={hint} error={error} bare={bare ?? false}>
      {unit ? (
        <div className={styles.withUnit}>
          {input}
          <span className={styles.unit}>{unit}</span>
        </div>
      ) : (
        input
      )}
    </Frame>
  );
}

interface TextAreaProps extends Common, Native<TextareaHTMLAttributes<HTMLTextAreaElement>> {
  value: string;
  onChange: (value: string) => void;
  /** Program text. */
  code?: boolean;
}

export function TextArea({ value, onChange, code = false, ...props }: TextAreaProps) {
  const id = useId();
  const { label, hint, error, bare, rows = 4, ...rest } = props;
  return (
    <Frame id={id} label={label} hint={hint} error={error} bare={bare ?? false}>
      <textarea
        id={id}
        rows={rows}
        spellCheck={false}
        className={`${styles.area} ${code ? styles.code : ""}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...describedBy(id, props)}
        {...rest}
      />
    </Frame>
  );
}

interface SelectProps<T extends string> extends Common {
  value: T;
  onChange: (value: T) => void;
  /** Value and text. */
  options: readonly (readonly [T, string])[];
  disabled?: boolean;
}

export function SelectField<T extends string>({ value, onChange, options, ...props }: SelectProps<T>) {
  const id = useId();
  const { label, hint, error, bare, disabled } = props;
  return (
    <Frame id={id} label={label} hint={hint} error={error} bare={bare ?? false}>
      <select
        id={id}
        className={styles.input}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value as T)}
        {...describedBy(id, props)}
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

interface CheckProps {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
  disabled?: boolean;
}

/** Yes or no. */
export function CheckField({ label, checked, onChange, hint, disabled = false }: CheckProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{label}</span>
      </label>
      <div className={styles.underCheck}>
        <Notes id={id} hint={hint} />
      </div>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  /** Value, text, and what it means. */
  options: readonly (readonly [T, string, ReactNode?])[];
}

/** One of a few, all in sight. */
export function ChoiceField<T extends string>({ label, value, onChange, options }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.label}>{label}</legend>
      {options.map(([key, text, meaning]) => (
        <label key={key} className={styles.check}>
          <input type="radio" name={name} checked={key === value} onChange={() => onChange(key)} />
          <span>
            {text}
            {meaning ? <span className={styles.hint}>{meaning}</span> : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Fields that belong together, with what they are about. */
export function FieldGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{title}</legend>
      {children}
    </fieldset>
  );
}

/** Side by side while there is room. */
export function FieldRow({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** Why what was sent was refused, and what to do. */
export function FormError({ error }: { error: Error | null | undefined }) {
  if (!error) return null;
  return (
    <div className={styles.refused} role="alert">
      <Icon name="warning" />
      <div>
        <p className={styles.refusedTitle}>{error.message}</p>
        {error instanceof ApiError && error.hint ? <p>{error.hint}</p> : null}
      </div>
    </div>
  );
}
