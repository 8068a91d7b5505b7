import { useQuery } from "@tanstack/react-query";
import { type Role, rolesQuery } from "../api/administration";
import type { Permission, Session } from "../api/contract";
import { sessionQuery } from "../api/queries";
import { CheckField, FieldGroup, TextField } from "../design/Field";
import type { AccessTabProps } from "../pages/AccessPage";
import { RecordList } from "../records/RecordList";
import { PERMISSIONS, permissionLabel } from "../words/administration";

interface Draft {
  name: string;
  description: string;
  permissions: Permission[];
}

export function RolesTab({ subject, onSubject }: AccessTabProps) {
  const session = useQuery(sessionQuery).data;
  return (
    <RecordList<Role, Draft>
      query={rolesQuery as never}
      path="/roles"
      title="Roles"
      one="role"
      icon="key"
      meaning="A role is a named set of permissions."
      subject={subject}
      onSubject={onSubject}
      fixed={(role) => role.builtIn}
      draft={(role) => ({
        name: role?.name ?? "",
        description: role?.description ?? "",
        permissions: role?.permissions ?? ["view-applications"],
      })}
      ready={({ name }) => name.trim() !== ""}
      body={(draft) => draft}
      lost={() => "Users, groups and API clients that have it lose what it allows."}
      columns={[
        {
          id: "about",
          header: "What it is for",
          width: "minmax(140px, 1fr)",
          cell: (row) => row.description,
        },
        {
          id: "may",
          header: "Its holders may",
          width: "minmax(180px, 1.6fr)",
          cell: (row) => {
            const all = row.permissions.map(permissionLabel);
            return <span title={all.join("\n")}>{all.join(", ")}</span>;
          },
        },
        {
          id: "built",
          header: "Made by",
          width: "112px",
          cell: (row) => (row.builtIn ? "the product" : "the account"),
        },
      ]}
      form={(draft, onChange, role) => (
        <Fields draft={draft} onChange={onChange} session={session} locked={role?.builtIn ?? false} />
      )}
    />
  );
}

interface FieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  session: Session | undefined;
  locked: boolean;
}

function Fields({ draft, onChange, session, locked }: FieldsProps) {
  // Accounts are managed from the account `system` only.
  const offered = PERMISSIONS.filter(
    ([name]) => name !== "manage-accounts" || session?.permissions.includes(name),
  );
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        disabled={locked}
      />
      <TextField
        label="What it is for"
        value={draft.description}
        onChange={(description) => onChange({ ...draft, description })}
        disabled={locked}
      />
      <FieldGroup title="Its holders may">
        {offered.map(([name, label, meaning]) => (
          <CheckField
            key={name}
            label={label}
            hint={meaning || undefined}
            disabled={locked}
            checked={draft.permissions.includes(name)}
            onChange={(wanted) =>
              onChange({
                ...draft,
                permissions: wanted
                  ? [...draft.permissions, name]
                  : draft.permissions.filter((other) => other !== name),
              })
            }
          />
        ))}
      </FieldGroup>
    </>
  );
}
