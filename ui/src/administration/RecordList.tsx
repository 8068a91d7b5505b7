// What users, groups, roles and API clients have alike: a list, a window for one of them, and removing it.
import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import styles from "../alerting/Alerting.module.css";
import { OpenButton } from "../alerting/OpenButton";
import { useChange } from "../api/change";
import { type Action, ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm, FormDialog } from "../design/Dialog";
import { Icon, type IconName } from "../design/Icon";
import { EmptyState, Loaded } from "../design/States";
import { useWide } from "../design/useWide";

export interface Named {
  id: number;
  name: string;
}

interface Props<T extends Named, Draft, Answer> {
  query: UseQueryOptions<T[], Error, T[], string[]>;
  /** Where they are below `/api`. */
  path: string;
  title: string;
  one: string;
  icon: IconName;
  meaning: ReactNode;
  columns: Column<T>[];
  /** What is filled in, from what is there. */
  draft: (record: T | undefined) => Draft;
  form: (draft: Draft, onChange: (draft: Draft) => void, record: T | undefined) => ReactNode;
  /** What is sent. */
  body: (draft: Draft, record: T | undefined) => object;
  ready: (draft: Draft, record: T | undefined) => boolean;
  actions?: (record: T) => Action[];
  /** Nobody can change this one. */
  fixed?: (record: T) => boolean;
  lost: (record: T) => ReactNode;
  onMade?: (answer: Answer) => void;
  subject: string | undefined;
  onSubject: (subject: string | undefined) => void;
}

export function RecordList<T extends Named, Draft, Answer = unknown>(props: Props<T, Draft, Answer>) {
  const { query, path, title, one, icon, meaning, columns, fixed, lost, subject, onSubject } = props;
  const all = useQuery(query);
  const wide = useWide();
  const [leaving, setLeaving] = useState<T>();
  const remove = useChange<T>({
    request: ({ id }) => ({ method: "DELETE", path: `${path}/${id}` }),
    affects: ["/"],
    done: ({ name }) => `${name} is removed.`,
    onDone: () => setLeaving(undefined),
  });
  const picked = all.data?.find(({ id }) => String(id) === subject);
  const withName = [
    nameColumn<T>((id) => onSubject(String(id))),
    ...columns,
    actionColumn<T>(props.actions, fixed, setLeaving),
  ];
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.faint}>{meaning}</span>
        <Button variant="primary" onClick={() => onSubject("new")}>
          <Icon name="plus" /> New {one}
        </Button>
      </div>
      <Loaded query={all} height="100%">
        {(rows) => (
          <DataTable
            label={title}
            columns={withName.filter((column) => wide || !column.wideOnly)}
            rows={rows}
            rowKey={(row) => row.id}
            scroll
            empty={<EmptyState title={`There is no ${one} yet`} icon={icon} />}
          />
        )}
      </Loaded>
      {subject === "new" ? <Editor {...props} record={undefined} /> : null}
      {picked ? <Editor key={picked.id} {...props} record={picked} /> : null}
      {leaving ? (
        <Confirm
          title={`Remove ${leaving.name}?`}
          action="Remove"
          danger
          pending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(leaving)}
          onClose={() => setLeaving(undefined)}
        >
          {lost(leaving)}
        </Confirm>
      ) : null}
    </>
  );
}

function nameColumn<T extends Named>(onOpen: (id: number) => void): Column<T> {
  return {
    id: "name",
    header: "Name",
    width: "minmax(150px, 1fr)",
    cell: (row) => <OpenButton text={row.name} onOpen={() => onOpen(row.id)} />,
  };
}

function actionColumn<T extends Named>(
  actions: ((record: T) => Action[]) | undefined,
  fixed: ((record: T) => boolean) | undefined,
  onRemove: (record: T) => void,
): Column<T> {
  return {
    id: "actions",
    header: "",
    width: "48px",
    cell: (row) => (
      <span className={styles.above}>
        {fixed?.(row) ? null : (
          <ActionMenu
            label={`Actions for ${row.name}`}
            actions={[
              ...(actions?.(row) ?? []),
              { label: "Remove…", danger: true, onClick: () => onRemove(row) },
            ]}
          />
        )}
      </span>
    ),
  };
}

function Editor<T extends Named, Draft, Answer>(props: Props<T, Draft, Answer> & { record: T | undefined }) {
  const { path, one, form, body, ready, record, fixed, onSubject, onMade } = props;
  const [draft, setDraft] = useState(() => props.draft(record));
  const close = () => onSubject(undefined);
  const save = useChange<Draft, Answer>({
    request: (wanted) =>
      record
        ? { method: "PUT", path: `${path}/${record.id}`, body: body(wanted, record) }
        : { method: "POST", path, body: body(wanted, record) },
    affects: ["/", "session"],
    done: () => (record ? "Saved." : `The ${one} is made.`),
    onDone: (answer) => {
      close();
      if (!record) onMade?.(answer);
    },
  });
  const locked = record !== undefined && (fixed?.(record) ?? false);
  return (
    <FormDialog
      title={record ? record.name : `New ${one}`}
      subtitle={locked ? "Every account has it; nobody can change it." : undefined}
      submit={record ? "Save" : `Make the ${one}`}
      pending={save.isPending}
      error={save.error}
      disabled={locked || !ready(draft, record)}
      onSubmit={() => save.mutate(draft)}
      onClose={close}
    >
      {form(draft, setDraft, record)}
    </FormDialog>
  );
}
