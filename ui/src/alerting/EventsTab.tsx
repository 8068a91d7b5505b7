import { useState } from "react";
import { type AppEvent, useEventList } from "../api/alerting";
import { useChange, useMay } from "../api/change";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Dialog, FormDialog } from "../design/Dialog";
import { FieldRow, SelectField, TextArea, TextField } from "../design/Field";
import { Select } from "../design/FilterBar";
import { Icon } from "../design/Icon";
import { OpenButton } from "../design/OpenButton";
import { PropertyList } from "../design/PropertyList";
import link from "../design/RowLink.module.css";
import { EmptyState, ErrorState, Skeleton } from "../design/States";
import { useWide } from "../design/useWide";
import { formatCount } from "../format/number";
import { formatInstant, formatMoment } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { EVENT_GROUPS, entityType, eventType } from "../words/alerting";
import styles from "./Alerting.module.css";
import { EntityLink } from "./EntityLink";
import { Severity } from "./Severity";

export function EventsTab({ app, search, onChange }: AlertsTabProps) {
  const { kind, severity, subject } = search;
  const types = EVENT_GROUPS.find(([value]) => value === kind)?.[2].join(",");
  const list = useEventList(app, { types, severities: severity }, useTimeRange(), useLive());
  const wide = useWide();
  const mayCreate = useMay("create-events");
  const rows = list.data?.pages.flat() ?? [];
  const picked = rows.find(({ id }) => String(id) === subject);
  const close = () => onChange({ subject: undefined });
  return (
    <>
      <div className={styles.bar}>
        <Select
          label="Kind"
          value={kind ?? ""}
          onChange={(value) => onChange({ kind: value || undefined })}
          options={[
            ["", "All kinds"],
            ...EVENT_GROUPS.map(([value, label]): [string, string] => [value, label]),
          ]}
        />
        <Select
          label="Severity"
          value={severity ?? ""}
          onChange={(value) => onChange({ severity: value || undefined })}
          options={[
            ["", "All severities"],
            ["ERROR", "Errors"],
            ["WARN", "Warnings"],
            ["INFO", "Info"],
          ]}
        />
        <span className={styles.faint}>
          {list.data ? `${formatCount(rows.length)}${list.hasNextPage ? " or more" : ""}` : ""}
        </span>
        {mayCreate ? (
          <Button onClick={() => onChange({ subject: "new" })}>
            <Icon name="plus" /> Write down an event
          </Button>
        ) : null}
      </div>
      {list.data ? (
        <DataTable
          label="Events"
          columns={columns(app, (id) => onChange({ subject: String(id) })).filter(
            (column) => wide || !column.wideOnly,
          )}
          rows={rows}
          rowKey={(row) => row.id}
          scroll
          onEnd={() => {
            if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
          }}
          empty={
            <EmptyState title="Nothing happened in this time" icon="flag">
              {kind || severity
                ? "Or nothing that matches: change the kind or the severity above."
                : "Deployments and your own events are written down here or by the REST API; the controller adds what it notices."}
            </EmptyState>
          }
        />
      ) : list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton height="100%" />
      )}
      {picked ? <EventDialog app={app} event={picked} onClose={close} /> : null}
      {subject === "new" && mayCreate ? <NewEvent app={app} onClose={close} /> : null}
    </>
  );
}

/** Only custom events have a type that people gave. */
const kindWords = ({ type, subType }: AppEvent): string =>
  type === "CUSTOM" && subType ? `${eventType(type)}: ${subType}` : eventType(type);

function columns(app: string, onOpen: (id: number) => void): Column<AppEvent>[] {
  return [
    {
      id: "time",
      header: "Time",
      width: "136px",
      cell: (row) => <span title={formatInstant(row.timeMs)}>{formatMoment(row.timeMs, Date.now())}</span>,
    },
    {
      id: "severity",
      header: "Severity",
      width: "96px",
      cell: (row) => <Severity severity={row.severity} />,
    },
    {
      id: "type",
      header: "Kind",
      width: "minmax(130px, 0.6fr)",
      cell: (row) => kindWords(row),
    },
    {
      id: "summary",
      header: "What happened",
      width: "minmax(200px, 2fr)",
      cell: (row) => <OpenButton text={row.summary} onOpen={() => onOpen(row.id)} />,
    },
    {
      id: "about",
      header: "About",
      width: "minmax(120px, 0.7fr)",
      wideOnly: true,
      cell: (row) => {
        const entity = row.affectedEntities.at(-1);
        return entity ? <EntityLink app={app} entity={entity} className={link.above} /> : null;
      },
    },
  ];
}

function EventDialog({ app, event, onClose }: { app: string; event: AppEvent; onClose: () => void }) {
  const properties = Object.entries(event.properties).map(([name, value]) => ({ name, value }));
  return (
    <Dialog
      title={event.summary}
      subtitle={`${kindWords(event)}, ${formatInstant(event.timeMs)}`}
      shape="drawer"
      onClose={onClose}
    >
      <div className={styles.stack}>
        <dl className={styles.facts}>
          <dt>Severity</dt>
          <dd>
            <Severity severity={event.severity} />
          </dd>
          {event.triggeredEntity ? (
            <>
              <dt>Caused by</dt>
              <dd>
                <EntityLink app={app} entity={event.triggeredEntity} />
              </dd>
            </>
          ) : null}
          {event.affectedEntities.map((entity) => (
            <div key={`${entity.entityType}${entity.entityId}`} style={{ display: "contents" }}>
              <dt>{entityType(entity.entityType)}</dt>
              <dd>
                <EntityLink app={app} entity={entity} />
              </dd>
            </div>
          ))}
          {event.comment ? (
            <>
              <dt>More</dt>
              <dd>{event.comment}</dd>
            </>
          ) : null}
        </dl>
        {properties.length > 0 ? <PropertyList properties={properties} empty="" /> : null}
      </div>
    </Dialog>
  );
}

function NewEvent({ app, onClose }: { app: string; onClose: () => void }) {
  const [type, setType] = useState("APPLICATION_DEPLOYMENT");
  const [severity, setSeverity] = useState("INFO");
  const [subType, setSubType] = useState("");
  const [summary, setSummary] = useState("");
  const [comment, setComment] = useState("");
  const create = useChange({
    request: () => ({
      method: "POST",
      path: `/applications/${app}/events`,
      body: { type, severity, subType: type === "CUSTOM" ? subType : "", summary, comment },
    }),
    affects: [`/applications/${app}/events`],
    done: () => "The event is written down.",
    onDone: onClose,
  });
  return (
    <FormDialog
      title="Write down an event"
      submit="Write down"
      pending={create.isPending}
      error={create.error}
      disabled={summary.trim() === ""}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextField label="What happened, in a sentence" value={summary} onChange={setSummary} required />
      <FieldRow>
        <SelectField
          label="Kind"
          value={type}
          onChange={setType}
          options={[
            ["APPLICATION_DEPLOYMENT", "Deployment"],
            ["CUSTOM", "Custom"],
          ]}
        />
        <SelectField
          label="Severity"
          value={severity}
          onChange={setSeverity}
          options={[
            ["INFO", "Info"],
            ["WARN", "Warning"],
            ["ERROR", "Error"],
          ]}
        />
      </FieldRow>
      {type === "CUSTOM" ? (
        <TextField
          label="Type of your own"
          hint="Policies can wait for events of one type. May be empty."
          value={subType}
          onChange={setSubType}
        />
      ) : null}
      <TextArea label="More about it" value={comment} onChange={setComment} rows={3} />
    </FormDialog>
  );
}
