// The lists of what an application was set up to watch and tell: policies, actions, schedules and quiet times.
import type { ReactNode } from "react";
import { type AlertingKind, type AlertingObject, alertingPath, alertingQuery } from "../api/alerting";
import { useMay } from "../api/change";
import type { Column } from "../design/DataTable";
import { formatAgo, formatInstant } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { RecordList, type RecordListProps } from "../records/RecordList";

interface Draft<Definition> {
  definition: Definition;
  /** What was edited: somebody else's change is not overwritten. */
  version: number | undefined;
}

type List<Definition> = RecordListProps<AlertingObject<Definition>, Draft<Definition>>;

interface Props<Definition>
  extends AlertsTabProps,
    Pick<List<Definition>, "title" | "one" | "icon" | "meaning" | "columns" | "actions" | "fixed"> {
  kind: AlertingKind;
  /** A new one. */
  fresh: () => Definition;
  /** The fields of its window. */
  form: (definition: Definition, onChange: (definition: Definition) => void) => ReactNode;
  /** Whether it can be sent. */
  ready: (definition: Definition) => boolean;
  /** What is sent for what was filled in. */
  tidy?: (definition: Definition) => Definition;
  /** What is lost with it. */
  lost: string;
}

export function ObjectList<Definition extends { name: string }>(props: Props<Definition>) {
  const { app, search, onChange, kind, columns, fresh, form, ready, tidy = (wanted) => wanted, lost } = props;
  const path = alertingPath(app, kind);
  return (
    <RecordList<AlertingObject<Definition>, Draft<Definition>>
      query={alertingQuery<Definition>(app, kind) as never}
      path={path}
      affects={[path]}
      title={props.title}
      one={props.one}
      icon={props.icon}
      meaning={props.meaning}
      may={useMay("configure-alerting")}
      shape="wide"
      columns={[...columns, changedColumn<Definition>()]}
      draft={(there) => ({ definition: there?.definition ?? fresh(), version: there?.version })}
      form={(draft, onDraft) => form(draft.definition, (definition) => onDraft({ ...draft, definition }))}
      body={({ definition, version }) => ({ version, definition: tidy(definition) })}
      ready={({ definition }) => definition.name.trim() !== "" && ready(definition)}
      lost={() => lost}
      {...(props.actions ? { actions: props.actions } : {})}
      {...(props.fixed ? { fixed: props.fixed } : {})}
      subject={search.subject}
      onSubject={(subject) => onChange({ subject })}
    />
  );
}

function changedColumn<Definition>(): Column<AlertingObject<Definition>> {
  return {
    id: "changed",
    header: "Changed",
    width: "150px",
    wideOnly: true,
    cell: (row) => (
      <span title={formatInstant(row.changedMs)}>
        {formatAgo(row.changedMs, Date.now())} by {row.changedBy}
      </span>
    ),
  };
}
