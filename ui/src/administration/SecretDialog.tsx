import styles from "../alerting/Alerting.module.css";
import { Button } from "../design/Button";
import { CopyButton } from "../design/CopyButton";
import { Dialog } from "../design/Dialog";
import own from "./SecretDialog.module.css";

interface Props {
  title: string;
  /** Name and value. */
  values: readonly (readonly [string, string])[];
  note: string;
  onClose: () => void;
}

/** A secret that is shown once. */
export function SecretDialog({ title, values, note, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      <div className={styles.stack}>
        <p>{note}</p>
        {values.map(([name, value]) => (
          <div key={name}>
            <p className={styles.faint}>{name}</p>
            <div className={own.secret}>
              <code>{value}</code>
              <CopyButton text={value} label={`Copy ${name}`} />
            </div>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
