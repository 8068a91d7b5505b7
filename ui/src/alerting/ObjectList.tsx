// What policies, actions and quiet times have alike: a list, a window for one of them, switching off and deleting.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type AlertingKind, type AlertingObject, alertingPath, alertingQuery } from "../api/alerting";
import { useChange, useMay } from "../api/change";
import { type Action, ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm, FormDialog } from "../design/Dialog";
import { Icon, type IconName } from "../design/Icon";
import { EmptyState, Loaded } from "../design/States";
import { useWide } from "../design/useWide";
import { formatAgo, formatInstant } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import styles from "./Alerting.module.css";
import { OpenButton } from "./OpenButton";

interface Props<Definition> extends AlertsTabProps {
  kind: AlertingKind;
  /** What they are, and what one is. */
  title: string;
  one: string;
  icon: IconName;
  /** What they are for. */
  meaning: ReactNode;
  /** Besides name and change. */
  columns: Column<AlertingObject<Definition>>[];
  /** A new one. */
  fresh: () => Definition;
  /** The fields of its window. */
  form: (definition: Definition, onChange: (definition: Definition) => void) => ReactNode;
  /** Whether it can be sent. */
  ready: (definition: Definition) => boolean;
  /** What is sent for what was filled in. */
  tidy?: (definition: Definition) => Definition;
  /** What can be done besides. */
  actions?: (one: AlertingObject<Definition>) => Action[];
  /** What is lost with it. */
  lost: string;
}

interface Named {
  name: string;
}

export function ObjectList<Definition extends Named>(props: Props<Definition>) {
  const { app, search, onChange, kind, title, one, icon, meaning, fresh, lost } = props;
  const all = useQuery(alertingQuery<Definition>(app, kind));
  const mayChange = useMay("configure-alerting");
  const wide = useWide();
  const [leaving, setLeaving] = useState<AlertingObject<Definition>>();
  const path = alertingPath(app, kind);
  const remove = useChange<AlertingObject<Definition>>({
    request: ({ id }) => ({ method: "DELETE", path: `${path}/${id}` }),
    affects: [path],
    done: ({ name }) => `${name} is deleted.`,
    onDone: () => setLeaving(undefined),
  });
  const open = (id: string | undefined) => onChange({ subject: id });
  const picked = all.data?.find(({ id }) => String(id) === search.subject);
  const columns = listColumns(props, mayChange ? setLeaving : undefined, (id) => open(String(id)));
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.faint}>{meaning}</span>
        {mayChange ? (
          <Button variant="primary" onClick={() => open("new")}>
            <Icon name="plus" /> New {one}
          </Button>
        ) : null}
      </div>
      <Loaded query={all} height="100%">
        {(rows) => (
          <DataTable
            label={title}
            columns={columns.filter((column) => wide || !column.wideOnly)}
            rows={rows}
            rowKey={(row) => row.id}
            scroll
            empty={<EmptyState title={`There is no ${one} yet`} icon={icon} />}
          />
        )}
      </Loaded>
      {mayChange && search.subject === "new" ? (
        <Editor {...props} start={fresh()} onClose={() => open(undefined)} />
      ) : null}
      {picked && mayChange ? (
        <Editor
          key={picked.id}
          {...props}
          start={picked.definition}
          there={picked}
          onClose={() => open(undefined)}
        />
      ) : null}
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
          {lost}
        </Confirm>
      ) : null}
    </>
  );
}

function listColumns<Definition extends Named>(
  { columns, actions }: Props<Definition>,
  onDelete: ((one: AlertingObject<Definition>) => void) | undefined,
  onOpen: (id: number) => void,
): Column<AlertingObject<Definition>>[] {
  return [
    {
      id: "name",
      header: "Name",
      width: "minmax(160px, 1fr)",
      cell: (row) => (onDelete ? <OpenButton text={row.name} onOpen={() => onOpen(row.id)} /> : row.name),
    },
    ...columns,
    {
      id: "changed",
      header: "Changed",
      width: "150px",
      wideOnly: true,
      cell: (row) => (
        <span title={formatInstant(row.changedMs)}>
          {formatAgo(row.changedMs, Date.now())} by {row.changedBy}
        </span>
      ),
    },
    ...(onDelete
      ? [
          {
            id: "actions",
            header: "",
            width: "48px",
            cell: (row: AlertingObject<Definition>) => (
              <span className={styles.above}>
                <ActionMenu
                  label={`Actions for ${row.name}`}
                  actions={[
                    ...(actions?.(row) ?? []),
                    { label: "Delete…", danger: true, onClick: () => onDelete(row) },
                  ]}
                />
              </span>
            ),
          },
        ]
      : []),
  ];
}

interface EditorProps<Definition> extends Props<Definition> {
  start: Definition;
  there?: AlertingObject<Definition>;
  onClose: () => void;
}

function Editor<Definition extends Named>(props: EditorProps<Definition>) {
  const { app, kind, one, form, ready, tidy = (wanted) => wanted, start, there, onClose } = props;
  const [definition, setDefinition] = useState(start);
  const [version] = useState(there?.version);
  const path = alertingPath(app, kind);
  const save = useChange<Definition>({
    request: (wanted) =>
      there
        ? { method: "PUT", path: `${path}/${there.id}`, body: { version, definition: wanted } }
        : { method: "POST", path, body: { definition: wanted } },
    affects: [path],
    done: ({ name }) => `${name} is ${there ? "saved" : "made"}.`,
    onDone: onClose,
  });
  return (
    <FormDialog
      title={there ? there.name : `New ${one}`}
      shape="wide"
      submit={there ? "Save" : `Make the ${one}`}
      pending={save.isPending}
      error={save.error}
      disabled={definition.name.trim() === "" || !ready(definition)}
      onSubmit={() => save.mutate(tidy(definition))}
      onClose={onClose}
    >
      {form(definition, setDefinition)}
    </FormDialog>
  );
}
