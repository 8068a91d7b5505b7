// Short words in the corner about what was done. What failed is said where it was asked for, in the form.
import { Toast } from "@base-ui/react/toast";

export const toasts = Toast.createToastManager();

/** Says what was done (`Renamed to "x".`), with at most one thing to do next, such as undoing it. */
export function say(title: string, action?: { label: string; onClick: () => void }): void {
  toasts.add({
    title,
    ...(action ? { actionProps: { children: action.label, onClick: action.onClick }, timeout: 10_000 } : {}),
  });
}

/** Says that something done without a form failed. */
export function sayFailed(error: Error): void {
  toasts.add({ title: error.message, type: "error", priority: "high", timeout: 12_000 });
}
