// What everything people set up has alike (users and roles as well as policies and schedules): a list, a window for
// one of them, and deleting it.
import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import styles from "../alerting/Alerting.module.css";
import { useChange } from "../api/change";
import { type Action, ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm, FormDialog } from "../design/Dialog";
import { Icon, type IconName } from "../design/Icon";
import { OpenButton } from "../design/OpenButton";
import row from "../design/RowLink.module.css";
import { EmptyState, Loaded } from "../design/States";
import { useWide } from "../design/useWide";

export interface Named {
  id: number;
  name: string;
}

/** Everything: what somebody may do, for example, changes what every list has. */
const EVERYTHING = ["/", "session"];

export interface RecordListProps<T extends Named, Draft, Answer = unknown> {
  query: UseQueryOptions<T[], Error, T[], string[]>;
  /** Where they are below `/api`. */
  path: string;
  title: string;
  one: string;
  icon: IconName;
  meaning: ReactNode;
  /** Whether the visitor may change them. */
  may?: boolean;
  /** Beginnings of the questions whose answers a change may alter; all when absent. */
  affects?: readonly string[];
  /** Of its window. */
  shape?: "dialog" | "wide";
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

export function RecordList<T extends Named, Draft, Answer = unknown>(
  props: RecordListProps<T, Draft, Answer>,
) {
  const { query, path, title, one, icon, meaning, columns, fixed, lost, subject, onSubject } = props;
  const { may = true, affects = EVERYTHING } = props;
  const all = useQuery(query);
  const wide = useWide();
  const [leaving, setLeaving] = useState<T>();
  const remove = useChange<T>({
    request: ({ id }) => ({ method: "DELETE", path: `${path}/${id}` }),
    affects,
    done: ({ name }) => `${name} is deleted.`,
    onDone: () => setLeaving(undefined),
  });
  const picked = all.data?.find(({ id }) => String(id) === subject);
  const whole = [
    nameColumn<T>(may ? (id) => onSubject(String(id)) : undefined),
    ...columns,
    ...(may ? [actionColumn<T>(props.actions, fixed, setLeaving)] : []),
  ];
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.faint}>{meaning}</span>
        {may ? (
          <Button variant="primary" onClick={() => onSubject("new")}>
            <Icon name="plus" /> New {one}
          </Button>
        ) : null}
      </div>
      <Loaded query={all} height="100%">
        {(rows) => (
          <DataTable
            label={title}
            columns={whole.filter((column) => wide || !column.wideOnly)}
            rows={rows}
            rowKey={(row) => row.id}
            scroll
            empty={<EmptyState title={`There is no ${one} yet`} icon={icon} />}
          />
        )}
      </Loaded>
      {may && subject === "new" ? <Editor {...props} record={undefined} /> : null}
      {may && picked ? <Editor key={picked.id} {...props} record={picked} /> : null}
      {leaving ? (
        <Confirm
          title={`Delete ${leaving.name}?`}
          action="Delete"
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

function nameColumn<T extends Named>(onOpen: ((id: number) => void) | undefined): Column<T> {
  return {
    id: "name",
    header: "Name",
    width: "minmax(150px, 1fr)",
    cell: ({ id, name }) => (onOpen ? <OpenButton text={name} onOpen={() => onOpen(id)} /> : name),
  };
}

function actionColumn<T extends Named>(
  actions: ((record: T) => Action[]) | undefined,
  fixed: ((record: T) => boolean) | undefined,
  onDelete: (record: T) => void,
): Column<T> {
  return {
    id: "actions",
    header: "",
    width: "48px",
    cell: (record) => (
      <span className={row.above}>
        {fixed?.(record) ? null : (
          <ActionMenu
            label={`Actions for ${record.name}`}
            actions={[
              ...(actions?.(record) ?? []),
              { label: "Delete…", danger: true, onClick: () => onDelete(record) },
            ]}
          />
        )}
      </span>
    ),
  };
}

function Editor<T extends Named, Draft, Answer>(
  props: RecordListProps<T, Draft, Answer> & { record: T | undefined },
) {
  const { path, one, form, body, ready, record, fixed, onSubject, onMade, affects = EVERYTHING } = props;
  const [draft, setDraft] = useState(() => props.draft(record));
  const close = () => onSubject(undefined);
  const save = useChange<Draft, Answer>({
    request: (wanted) =>
      record
        ? { method: "PUT", path: `${path}/${record.id}`, body: body(wanted, record) }
        : { method: "POST", path, body: body(wanted, record) },
    affects,
    done: () => (record ? `${record.name} is saved.` : `The ${one} is made.`),
    onDone: (answer) => {
      close();
      if (!record) onMade?.(answer);
    },
  });
  const locked = record !== undefined && (fixed?.(record) ?? false);
  return (
    <FormDialog
      title={record ? record.name : `New ${one}`}
      shape={props.shape ?? "dialog"}
      subtitle={locked ? "It comes with every account; nobody can change it." : undefined}
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
