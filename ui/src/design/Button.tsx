import type { ButtonHTMLAttributes } from "react";
import styles from "./Button.module.css";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: "plain" | "primary" | "danger" | "quiet";
  /** Square, for an icon alone; give it an aria-label. */
  square?: boolean;
}

export function Button({
  variant = "plain",
  square = false,
  className = "",
  type = "button",
  ...rest
}: Props) {
  const classes = [styles.button, styles[variant], square ? styles.square : "", className];
  return <button type={type} className={classes.join(" ")} {...rest} />;
}

/** The look of a button for what is not one by itself, such as a menu's trigger. */
export const buttonClass = `${styles.button} ${styles.plain}`;
export const primaryButtonClass = `${styles.button} ${styles.primary}`;
export const quietButtonClass = `${styles.button} ${styles.quiet}`;
