import { Menu } from "@base-ui/react/menu";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { change } from "../api/client";
import { sessionQuery } from "../api/queries";
import { quietButtonClass } from "../design/Button";
import { Icon, type IconName } from "../design/Icon";
import menu from "../design/Menu.module.css";
import { PasswordDialog } from "./PasswordDialog";
import { setTheme, type Theme, useTheme } from "./theme";

const THEMES: { value: Theme; label: string; icon: IconName }[] = [
  { value: "system", label: "As the system", icon: "screen" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

export function UserMenu() {
  const session = useQuery(sessionQuery);
  const theme = useTheme();
  const navigate = useNavigate();
  const client = useQueryClient();
  const logout = useMutation({
    mutationFn: () => change("POST", "/logout", {}, session.data?.csrfToken),
    onSettled: () => {
      client.clear();
      void navigate({ to: "/login" });
    },
  });
  const [changing, setChanging] = useState(false);
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className={quietButtonClass} aria-label="User menu">
          <Icon name="user" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={4} align="end" className={menu.positioner}>
            <Menu.Popup className={menu.popup}>
              <div className={menu.note}>
                {session.data?.user}
                <span className={menu.faint}> @ {session.data?.account}</span>
              </div>
              <Menu.Separator className={menu.separator} />
              <Menu.RadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
                <Menu.Group>
                  <Menu.GroupLabel className={menu.label}>Appearance</Menu.GroupLabel>
                  {THEMES.map(({ value, label, icon }) => (
                    <Menu.RadioItem key={value} value={value} className={menu.item} closeOnClick>
                      <Icon name={icon} size={14} />
                      <span className={menu.grow}>{label}</span>
                      <Menu.RadioItemIndicator>
                        <Icon name="check" size={14} />
                      </Menu.RadioItemIndicator>
                    </Menu.RadioItem>
                  ))}
                </Menu.Group>
              </Menu.RadioGroup>
              <Menu.Separator className={menu.separator} />
              <Menu.Item className={menu.item} onClick={() => setChanging(true)}>
                Change your password…
              </Menu.Item>
              <Menu.Item className={menu.item} onClick={() => logout.mutate()}>
                Sign out
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {changing ? <PasswordDialog onClose={() => setChanging(false)} /> : null}
    </>
  );
}
