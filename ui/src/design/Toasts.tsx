import { Toast } from "@base-ui/react/toast";
import { Icon } from "./Icon";
import styles from "./Toasts.module.css";
import { toasts } from "./toast";

/** Where `say` is heard; once in the frame. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} timeout={5_000} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport} aria-label="Messages">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast}>
      <Toast.Content className={styles.content}>
        <Icon name={toast.type === "error" ? "warning" : "check"} />
        <Toast.Title className={styles.title} render={<p />} />
        {toast.actionProps ? <Toast.Action className={styles.action} /> : null}
        <Toast.Close className={styles.close} aria-label="Dismiss">
          <Icon name="close" size={14} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
