import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { AccessKeysTab } from "../administration/AccessKeysTab";
import { ApiClientsTab } from "../administration/ApiClientsTab";
import { AuditTab } from "../administration/AuditTab";
import { GroupsTab } from "../administration/GroupsTab";
import { RolesTab } from "../administration/RolesTab";
import type { AccessTab } from "../administration/search";
import { UsersTab } from "../administration/UsersTab";
import type { Permission } from "../api/contract";
import { sessionQuery } from "../api/queries";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { EmptyState } from "../design/States";
import { Tabs } from "../design/Tabs";

const FROM = "/shell/administration/access" as const;

export interface AccessTabProps {
  /** What is open in a window. */
  subject: string | undefined;
  onSubject: (subject: string | undefined) => void;
}

const TABS: readonly {
  value: AccessTab;
  label: string;
  needs: Permission;
  content: (props: AccessTabProps) => React.ReactNode;
}[] = [
  { value: "users", label: "Users", needs: "manage-users", content: UsersTab },
  { value: "groups", label: "Groups", needs: "manage-users", content: GroupsTab },
  { value: "roles", label: "Roles", needs: "manage-users", content: RolesTab },
  { value: "api-clients", label: "API clients", needs: "manage-users", content: ApiClientsTab },
  { value: "access-keys", label: "Access keys", needs: "manage-access-keys", content: AccessKeysTab },
  { value: "audit", label: "Audit", needs: "view-audit", content: AuditTab },
];

/** Who may do what, and who did. */
export function AccessPage() {
  const { tab, subject } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/administration/access" });
  const permissions = useQuery(sessionQuery).data?.permissions ?? [];
  const open = TABS.filter(({ needs }) => permissions.includes(needs));
  const chosen = open.find(({ value }) => value === tab) ?? open[0];
  if (!chosen) {
    return (
      <>
        <PageHeader title="Users & access" />
        <Panel title="Not allowed" bare>
          <EmptyState title="You may not see this" icon="key">
            It needs one of the permissions to manage users or access keys, or to see the audit.
          </EmptyState>
        </Panel>
      </>
    );
  }
  const Content = chosen.content;
  return (
    <>
      <PageHeader title="Users & access" />
      <Tabs
        label="Parts of users and access"
        tabs={open.map(({ value, label }) => ({ value, label }))}
        value={chosen.value}
        onChange={(next) => void navigate({ search: { tab: next === "users" ? undefined : next } })}
        fill
        flush
      >
        <Content
          subject={subject}
          onSubject={(next) =>
            void navigate({ search: (previous) => ({ ...previous, subject: next }), replace: true })
          }
        />
      </Tabs>
    </>
  );
}
