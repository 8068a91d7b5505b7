import { Outlet } from "@tanstack/react-router";
import { Content } from "./Content";
import { ADMINISTRATION_PLACES } from "./navigation";
import styles from "./Shell.module.css";
import { SideNavigation } from "./SideNavigation";

/** The pages that are about no application. */
export function AdministrationFrame() {
  return (
    <div className={styles.frame}>
      <SideNavigation label="Administration" groups={ADMINISTRATION_PLACES} />
      <Content>
        <Outlet />
      </Content>
    </div>
  );
}
