import { useQuery } from "@tanstack/react-query";
import { groupsQuery, rolesQuery, type User, usersQuery } from "../api/administration";
import { CheckField, FieldRow, TextField } from "../design/Field";
import type { AccessTabProps } from "../pages/AccessPage";
import { RecordList } from "../records/RecordList";
import { PROVIDERS, permissionLabel } from "../words/administration";
import { Chooser, namesOf } from "./Chooser";
import { PASSWORD_RULE, passwordProblem, passwordReady } from "./password";

interface Draft {
  name: string;
  displayName: string;
  email: string;
  password: string;
  roleIds: number[];
  groupIds: number[];
  enabled: boolean;
}

export function UsersTab({ subject, onSubject }: AccessTabProps) {
  const roles = useQuery(rolesQuery).data ?? [];
  const groups = useQuery(groupsQuery).data ?? [];
  return (
    <RecordList<User, Draft>
      query={usersQuery as never}
      path="/users"
      title="Users"
      one="user"
      icon="users"
      meaning="What a user may do comes from their roles and those of their groups."
      subject={subject}
      onSubject={onSubject}
      draft={(user) => ({
        name: user?.name ?? "",
        displayName: user?.displayName ?? "",
        email: user?.email ?? "",
        password: "",
        roleIds: user?.roleIds ?? [],
        groupIds: user?.groupIds ?? [],
        enabled: user?.enabled ?? true,
      })}
      ready={({ name, password }, user) =>
        name.trim() !== "" && (password === "" ? user !== undefined : passwordReady(password))
      }
      body={({ password, ...rest }) => (password === "" ? rest : { ...rest, password })}
      lost={() => "All their sessions end at once. What they did stays in the audit."}
      columns={[
        { id: "display", header: "Called", width: "minmax(120px, 0.8fr)", cell: (row) => row.displayName },
        {
          id: "roles",
          header: "Roles",
          width: "minmax(140px, 1fr)",
          cell: (row) => namesOf(roles, row.roleIds),
        },
        {
          id: "groups",
          header: "Groups",
          width: "minmax(100px, 0.8fr)",
          wideOnly: true,
          cell: (row) => namesOf(groups, row.groupIds),
        },
        {
          id: "may",
          header: "May in the end",
          width: "minmax(140px, 1fr)",
          wideOnly: true,
          cell: (row) => {
            const all = row.permissions.map(permissionLabel);
            return <span title={all.join("\n")}>{all.length === 0 ? "nothing" : all.join(", ")}</span>;
          },
        },
        {
          id: "provider",
          header: "Known by",
          width: "128px",
          wideOnly: true,
          cell: (row) => PROVIDERS[row.provider] ?? row.provider,
        },
        {
          id: "enabled",
          header: "State",
          width: "96px",
          cell: (row) => (row.enabled ? "May sign in" : "Kept out"),
        },
      ]}
      form={(draft, onChange, user) => (
        <>
          <FieldRow>
            <TextField
              label="Name to sign in with"
              value={draft.name}
              onChange={(name) => onChange({ ...draft, name })}
              autoCapitalize="none"
            />
            <TextField
              label="Called"
              value={draft.displayName}
              onChange={(displayName) => onChange({ ...draft, displayName })}
            />
          </FieldRow>
          <TextField
            label="Email"
            type="email"
            value={draft.email}
            onChange={(email) => onChange({ ...draft, email })}
          />
          {user?.provider === "OIDC" ? null : (
            <TextField
              label={user ? "New password" : "Password"}
              type="password"
              autoComplete="new-password"
              value={draft.password}
              onChange={(password) => onChange({ ...draft, password })}
              hint={user ? "Empty: it stays. A new one ends all their sessions." : PASSWORD_RULE}
              error={passwordProblem(draft.password)}
            />
          )}
          <Chooser
            title="Roles"
            options={roles}
            chosen={draft.roleIds}
            onChange={(roleIds) => onChange({ ...draft, roleIds })}
          />
          <Chooser
            title="Groups"
            options={groups}
            chosen={draft.groupIds}
            onChange={(groupIds) => onChange({ ...draft, groupIds })}
          />
          <CheckField
            label="May sign in"
            checked={draft.enabled}
            onChange={(enabled) => onChange({ ...draft, enabled })}
          />
        </>
      )}
    />
  );
}
