import { useQuery } from "@tanstack/react-query";
import { type Group, groupsQuery, rolesQuery, usersQuery } from "../api/administration";
import { TextField } from "../design/Field";
import { counted } from "../format/number";
import type { AccessTabProps } from "../pages/AccessPage";
import { RecordList } from "../records/RecordList";
import { Chooser, namesOf } from "./Chooser";

interface Draft {
  name: string;
  description: string;
  roleIds: number[];
}

export function GroupsTab({ subject, onSubject }: AccessTabProps) {
  const roles = useQuery(rolesQuery).data ?? [];
  const users = useQuery(usersQuery).data ?? [];
  return (
    <RecordList<Group, Draft>
      query={groupsQuery as never}
      path="/groups"
      title="Groups"
      one="group"
      icon="group"
      meaning="Users of a group have its roles. Who is in it is said at each user."
      subject={subject}
      onSubject={onSubject}
      draft={(group) => ({
        name: group?.name ?? "",
        description: group?.description ?? "",
        roleIds: group?.roleIds ?? [],
      })}
      ready={({ name }) => name.trim() !== ""}
      body={(draft) => draft}
      lost={() => "Its users stay; they lose the roles they had only through it."}
      columns={[
        {
          id: "about",
          header: "What it is for",
          width: "minmax(140px, 1.2fr)",
          cell: (row) => row.description,
        },
        {
          id: "roles",
          header: "Roles",
          width: "minmax(140px, 1fr)",
          cell: (row) => namesOf(roles, row.roleIds),
        },
        {
          id: "users",
          header: "Users",
          width: "96px",
          cell: (row) => counted(users.filter(({ groupIds }) => groupIds.includes(row.id)).length, "user"),
        },
      ]}
      form={(draft, onChange) => (
        <>
          <TextField label="Name" value={draft.name} onChange={(name) => onChange({ ...draft, name })} />
          <TextField
            label="What it is for"
            value={draft.description}
            onChange={(description) => onChange({ ...draft, description })}
          />
          <Chooser
            title="Roles"
            options={roles}
            chosen={draft.roleIds}
            onChange={(roleIds) => onChange({ ...draft, roleIds })}
          />
        </>
      )}
    />
  );
}
