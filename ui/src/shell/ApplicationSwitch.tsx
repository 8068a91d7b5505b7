import { Menu } from "@base-ui/react/menu";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { applicationQuery, applicationsQuery } from "../api/queries";
import { quietButtonClass } from "../design/Button";
import { Icon } from "../design/Icon";
import menu from "../design/Menu.module.css";
import { useTimeRange } from "../time-range/useTimeRange";

/** The application's name, and the way to the others. */
export function ApplicationSwitch({ app }: { app: string }) {
  const [open, setOpen] = useState(false);
  const application = useQuery(applicationQuery(app));
  const others = useQuery({ ...applicationsQuery(useTimeRange(), false), enabled: open });
  const navigate = useNavigate();
  return (
    <Menu.Root open={open} onOpenChange={setOpen}>
      <Menu.Trigger className={`${quietButtonClass} ${menu.trigger}`}>
        <strong className={menu.name}>{application.data?.name ?? "Application"}</strong>
        <Icon name="chevronDown" size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className={menu.positioner}>
          <Menu.Popup className={menu.popup}>
            {(others.data ?? []).map((other) => (
              <Menu.Item
                key={other.id}
                className={menu.item}
                onClick={() => void navigate({ to: "/applications/$app", params: { app: String(other.id) } })}
              >
                <span className={menu.name}>{other.name}</span>
                {String(other.id) === app ? <Icon name="check" size={14} /> : null}
              </Menu.Item>
            ))}
            {others.data ? null : <div className={menu.note}>{others.error?.message ?? "Loading…"}</div>}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
