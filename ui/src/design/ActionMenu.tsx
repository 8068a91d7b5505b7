// What can be done with a thing, behind one button.
import { Menu } from "@base-ui/react/menu";
import type { ReactNode } from "react";
import styles from "./ActionMenu.module.css";
import { buttonClass, quietButtonClass } from "./Button";
import { Icon, type IconName } from "./Icon";
import menu from "./Menu.module.css";

export interface Action {
  label: string;
  icon?: IconName;
  onClick: () => void;
  /** Why it cannot be done now; the entry is then shown, and says so. */
  unavailable?: string | undefined;
  danger?: boolean;
}

interface Props {
  /** What the actions are for (`Actions for /checkout`). */
  label: string;
  /** What may be done; `null` draws a line. Nothing at all shows no button. */
  actions: readonly (Action | null)[];
  /** Words on the button; without them three dots. */
  children?: ReactNode;
}

export function ActionMenu({ label, actions, children }: Props) {
  if (actions.every((action) => action === null)) return null;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        className={children ? buttonClass : `${quietButtonClass} ${styles.dots}`}
        aria-label={label}
        title={children ? undefined : label}
      >
        {children}
        {children ? <Icon name="chevronDown" size={14} /> : <Icon name="more" strokeWidth={2.2} />}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className={menu.positioner}>
          <Menu.Popup className={menu.popup}>
            {actions.map((action, index) =>
              action === null ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity
                <Menu.Separator key={index} className={menu.separator} />
              ) : (
                <Menu.Item
                  key={action.label}
                  className={`${menu.item} ${action.danger ? styles.danger : ""} ${action.unavailable ? styles.unavailable : ""}`}
                  disabled={action.unavailable !== undefined}
                  onClick={action.onClick}
                >
                  {action.icon ? <Icon name={action.icon} size={14} /> : null}
                  <span className={menu.grow}>
                    {action.label}
                    {action.unavailable ? <span className={styles.why}>{action.unavailable}</span> : null}
                  </span>
                </Menu.Item>
              ),
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
