// Windows over the page: a dialog in the middle, a drawer at the right, and the question before something is lost.
// Which one is open belongs into the address when its subject does; the caller renders it only then.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as Base } from "@base-ui/react/dialog";
import { type FormEvent, type ReactNode, useRef } from "react";
import { Button } from "./Button";
import styles from "./Dialog.module.css";
import { FormError } from "./Field";
import { Icon } from "./Icon";

interface DialogProps {
  title: string;
  /** Below the title, smaller. */
  subtitle?: ReactNode;
  /** Right of the title, before the cross: steps, links. */
  actions?: ReactNode;
  /** `drawer` takes the right side of the screen from top to bottom. */
  shape?: "dialog" | "wide" | "drawer";
  /** Below the body, always in sight. */
  footer?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** Open as long as it is rendered. Escape, the cross and a click beside it close it. */
export function Dialog({
  title,
  subtitle,
  actions,
  shape = "dialog",
  footer,
  onClose,
  children,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={styles[shape]} ref={popup} initialFocus={firstField(popup)}>
          <header className={styles.header}>
            <div className={styles.words}>
              <Base.Title className={styles.title}>{title}</Base.Title>
              {subtitle ? <p className={styles.subtitle}>{subtitle}</p> : null}
            </div>
            {actions ? <div className={styles.actions}>{actions}</div> : null}
            <Base.Close className={styles.close} aria-label="Close">
              <Icon name="close" />
            </Base.Close>
          </header>
          <div className={styles.body}>{children}</div>
          {footer ? <footer className={styles.footer}>{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Where typing begins; a window without a field is focused itself. */
function firstField(popup: { current: HTMLDivElement | null }) {
  return () =>
    popup.current?.querySelector<HTMLElement>(
      "[autofocus], input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])",
    ) ?? popup.current;
}

interface FormDialogProps extends Omit<DialogProps, "footer" | "actions"> {
  /** What the button that sends it says: a verb (`Save`). */
  submit: string;
  onSubmit: () => void;
  /** While it is being sent. */
  pending?: boolean;
  /** Why it was refused. */
  error?: Error | null;
  /** Nothing to send yet. */
  disabled?: boolean;
  danger?: boolean;
}

/** A dialog that is one form: fields, why it was refused, Cancel and one verb. Enter sends it. */
export function FormDialog(props: FormDialogProps) {
  const { submit, onSubmit, pending = false, error = null, disabled = false, danger = false } = props;
  const { onClose, children, ...rest } = props;
  const form = useRef<HTMLFormElement>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!pending && !disabled) onSubmit();
  };
  return (
    <Dialog
      title={rest.title}
      subtitle={rest.subtitle}
      shape={rest.shape ?? "dialog"}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={danger ? "danger" : "primary"}
            disabled={pending || disabled}
            onClick={() => form.current?.requestSubmit()}
          >
            {submit}
          </Button>
        </>
      }
    >
      <form ref={form} className={styles.form} onSubmit={send} noValidate>
        {children}
        <FormError error={error} />
        {/* Lets Enter send the form; the button people see stands below. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

interface ConfirmProps {
  /** The question (`Delete "x"?`). */
  title: string;
  /** What will be lost and what will not. */
  children: ReactNode;
  /** The verb. */
  action: string;
  danger?: boolean;
  pending?: boolean;
  error?: Error | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot simply be taken back. The harmless answer has the focus. */
export function Confirm(props: ConfirmProps) {
  const { title, children, action, danger = false, pending = false, error = null } = props;
  const { onConfirm, onClose } = props;
  return (
    <AlertDialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Popup className={styles.confirm}>
          <AlertDialog.Title className={styles.title}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles.question} render={<div />}>
            {children}
          </AlertDialog.Description>
          <FormError error={error} />
          <footer className={styles.answers}>
            <AlertDialog.Close render={<Button />}>Cancel</AlertDialog.Close>
            <Button variant={danger ? "danger" : "primary"} disabled={pending} onClick={onConfirm}>
              {action}
            </Button>
          </footer>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
