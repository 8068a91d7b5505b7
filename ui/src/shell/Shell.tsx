import { Link, Outlet, useParams } from "@tanstack/react-router";
import { quietButtonClass } from "../design/Button";
import { Icon } from "../design/Icon";
import { TimeRangePicker } from "../time-range/TimeRangePicker";
import { ApplicationSwitch } from "./ApplicationSwitch";
import { Logo } from "./Logo";
import styles from "./Shell.module.css";
import { StoreTrouble } from "./StoreTrouble";
import { Unreachable } from "./Unreachable";
import { UserMenu } from "./UserMenu";

/** The frame of every page: where am I, over what time, who am I. */
export function Shell() {
  const { app } = useParams({ strict: false });
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        Skip to content
      </a>
      <header className={styles.top}>
        <Link to="/applications" className={styles.home} aria-label="Tierline">
          <Logo />
          <span>Tierline</span>
        </Link>
        <nav aria-label="Breadcrumb" className={styles.trail}>
          <Link to="/applications" activeOptions={{ exact: true, includeSearch: false }}>
            Applications
          </Link>
          {app ? (
            <>
              <span aria-hidden="true" className={styles.slash}>
                /
              </span>
              <ApplicationSwitch app={app} />
            </>
          ) : null}
        </nav>
        <div className={styles.tools}>
          <TimeRangePicker />
          <Link
            to="/administration"
            className={quietButtonClass}
            aria-label="Administration"
            title="Users, access and the controller"
          >
            <Icon name="users" />
          </Link>
          <UserMenu />
        </div>
      </header>
      <Unreachable />
      <StoreTrouble />
      <Outlet />
    </div>
  );
}
