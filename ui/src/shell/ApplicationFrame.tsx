import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { ApiError } from "../api/client";
import { applicationQuery } from "../api/queries";
import { EmptyState, ErrorState } from "../design/States";
import { Content } from "./Content";
import { APPLICATION_PLACES } from "./navigation";
import styles from "./Shell.module.css";
import { SideNavigation } from "./SideNavigation";

/** The pages of one application. */
export function ApplicationFrame() {
  const { app } = useParams({ from: "/shell/applications/$app" });
  const application = useQuery(applicationQuery(app));
  return (
    <div className={styles.frame}>
      <SideNavigation label="Application" groups={APPLICATION_PLACES} params={{ app }} />
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
