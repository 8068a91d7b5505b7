import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { ApiError } from "../api/client";
import { applicationQuery } from "../api/queries";
import { Icon, type IconName } from "../design/Icon";
import { EmptyState, ErrorState } from "../design/States";
import { Content } from "./Content";
import styles from "./Shell.module.css";

const PAGES = [
  { to: "/applications/$app", label: "Dashboard", icon: "dashboard", exact: true },
  { to: "/applications/$app/business-transactions", label: "Business transactions", icon: "transactions" },
  { to: "/applications/$app/snapshots", label: "Snapshots", icon: "snapshot" },
  { to: "/applications/$app/backends", label: "Remote services", icon: "database" },
  { to: "/applications/$app/tiers", label: "Tiers & nodes", icon: "server" },
] as const satisfies readonly { to: string; label: string; icon: IconName; exact?: boolean }[];

/** The pages of one application. */
export function ApplicationFrame() {
  const { app } = useParams({ from: "/shell/applications/$app" });
  const application = useQuery(applicationQuery(app));
  return (
    <div className={styles.frame}>
      <nav className={styles.side} aria-label="Application">
        {PAGES.map(({ to, label, icon, ...rest }) => (
          <Link
            key={to}
            to={to}
            params={{ app }}
            title={label}
            aria-label={label}
            activeOptions={{ exact: "exact" in rest, includeSearch: false }}
          >
            <Icon name={icon} />
            <span>{label}</span>
          </Link>
        ))}
      </nav>
      {application.error && !application.data ? (
        <Content>
          {application.error instanceof ApiError && application.error.status === 404 ? (
            <EmptyState title="There is no such application here">
              It may have been deleted, or the link is from another controller.{" "}
              <Link to="/applications">See all applications</Link>
            </EmptyState>
          ) : (
            <ErrorState error={application.error} onRetry={() => void application.refetch()} />
          )}
        </Content>
      ) : (
        <Content>
          <Outlet />
        </Content>
      )}
    </div>
  );
}
