import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Violation, violationsQuery } from "../api/alerting";
import { type Column, DataTable } from "../design/DataTable";
import { Dialog } from "../design/Dialog";
import { Select } from "../design/FilterBar";
import { OpenButton } from "../design/OpenButton";
import link from "../design/RowLink.module.css";
import { EmptyState, Loaded } from "../design/States";
import { readSort, type Sort, writeSort } from "../design/sort";
import { useWide } from "../design/useWide";
import { formatMs } from "../format/number";
import { formatInstant, formatMoment } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { entityType, SEVERITIES, VIOLATION_STATUS } from "../words/alerting";
import styles from "./Alerting.module.css";
import { EntityLink } from "./EntityLink";
import { Severity, ViolationStatus } from "./Severity";

const FIRST_SORT: Sort = { column: "start", descending: true };

export function ViolationsTab({ app, search, onChange }: AlertsTabProps) {
  const violations = useQuery(violationsQuery(app, useTimeRange(), useLive()));
  const wide = useWide();
  const { kind, severity, subject } = search;
  const rows = (violations.data ?? []).filter(
    (one) => (!kind || one.status === kind) && (!severity || one.severity === severity),
  );
  const picked = violations.data?.find(({ id }) => String(id) === subject);
  return (
    <>
      <div className={styles.bar}>
        <Select
          label="Status"
          value={kind ?? ""}
          onChange={(value) => onChange({ kind: value || undefined })}
          options={[["", "Open and ended"], ...Object.entries(VIOLATION_STATUS)]}
        />
        <Select
          label="Severity"
          value={severity ?? ""}
          onChange={(value) => onChange({ severity: value || undefined })}
          options={[
            ["", "All severities"],
            ["CRITICAL", SEVERITIES.CRITICAL as string],
            ["WARNING", SEVERITIES.WARNING as string],
          ]}
        />
        <span className={styles.faint}>
          {violations.data ? `${rows.length} of ${violations.data.length}` : ""}
        </span>
      </div>
      <Loaded query={violations} height="100%">
        {(all) => (
          <DataTable
            label="Violations"
            columns={columns(app, (id) => onChange({ subject: String(id) })).filter(
              (column) => wide || !column.wideOnly,
            )}
            rows={rows}
            rowKey={(row) => row.id}
            sort={readSort(search.sort, FIRST_SORT)}
            onSort={(sort) => onChange({ sort: writeSort(sort) })}
            scroll
            empty={
              all.length === 0 ? (
                <EmptyState title="Nothing violated a health rule in this time" icon="check">
                  The controller looks once a minute. What it looks at is said by the{" "}
                  <Link to="/applications/$app/alerts" params={{ app }} search={{ tab: "health-rules" }}>
                    health rules
                  </Link>
                  .
                </EmptyState>
              ) : (
                <EmptyState title="Nothing matches">Change the status or the severity above.</EmptyState>
              )
            }
          />
        )}
      </Loaded>
      {picked ? (
        <ViolationDialog app={app} violation={picked} onClose={() => onChange({ subject: undefined })} />
      ) : null}
    </>
  );
}

/** How long it lasted, or lasts. */
function lasting({ startMs, endMs }: Violation): number {
  return (endMs ?? Date.now()) - startMs;
}

function columns(app: string, onOpen: (id: number) => void): Column<Violation>[] {
  return [
    {
      id: "severity",
      header: "Severity",
      width: "96px",
      sortBy: (row) => (row.severity === "CRITICAL" ? 1 : 0),
      cell: (row) => <Severity severity={row.severity} />,
    },
    {
      id: "rule",
      header: "Health rule",
      width: "minmax(160px, 1fr)",
      sortBy: (row) => row.ruleName,
      cell: (row) => <OpenButton text={row.ruleName} onOpen={() => onOpen(row.id)} />,
    },
    {
      id: "affected",
      header: "What violates it",
      width: "minmax(160px, 1fr)",
      sortBy: (row) => row.affected.name,
      cell: (row) => <EntityLink app={app} entity={row.affected} className={link.above} />,
    },
    {
      id: "why",
      header: "Why",
      width: "minmax(160px, 1.6fr)",
      wideOnly: true,
      cell: (row) => <span title={row.description}>{row.description}</span>,
    },
    {
      id: "status",
      header: "Status",
      width: "104px",
      sortBy: (row) => row.status,
      cell: (row) => <ViolationStatus status={row.status} />,
    },
    {
      id: "start",
      header: "Since",
      width: "136px",
      sortBy: (row) => row.startMs,
      cell: (row) => <span title={formatInstant(row.startMs)}>{formatMoment(row.startMs, Date.now())}</span>,
    },
    {
      id: "lasts",
      header: "Lasted",
      width: "96px",
      align: "right",
      sortBy: lasting,
      cell: (row) => formatMs(lasting(row)),
    },
  ];
}

interface DialogProps {
  app: string;
  violation: Violation;
  onClose: () => void;
}

function ViolationDialog({ app, violation, onClose }: DialogProps) {
  const { affected, endMs } = violation;
  const around = { from: violation.startMs - 30 * 60_000, to: (endMs ?? Date.now()) + 5 * 60_000 };
  return (
    <Dialog
      title={violation.ruleName}
      subtitle={`${SEVERITIES[violation.severity] ?? violation.severity}, ${VIOLATION_STATUS[violation.status] ?? violation.status}`}
      shape="drawer"
      onClose={onClose}
    >
      <div className={styles.stack}>
        <dl className={styles.facts}>
          <dt>{entityType(affected.entityType)}</dt>
          <dd>
            <EntityLink app={app} entity={affected} />
          </dd>
          <dt>Why</dt>
          <dd>{violation.description}</dd>
          <dt>Data from</dt>
          <dd>{formatInstant(violation.startMs)}</dd>
          <dt>Noticed</dt>
          <dd>{formatInstant(violation.detectedMs)}</dd>
          <dt>{endMs === null ? "Lasts for" : "Ended"}</dt>
          <dd>
            {endMs === null
              ? formatMs(lasting(violation))
              : `${formatInstant(endMs)}, after ${formatMs(lasting(violation))}`}
          </dd>
          <dt>Look at</dt>
          <dd>
            {affected.entityType === "BUSINESS_TRANSACTION" ? (
              <>
                <Link
                  to="/applications/$app/snapshots"
                  params={{ app }}
                  search={{
                    bt: affected.entityId,
                    verdicts: ["SLOW", "VERY_SLOW", "STALL", "ERROR"],
                    ...around,
                  }}
                >
                  its snapshots of that time
                </Link>
                {"\n"}
              </>
            ) : null}
            <Link
              to="/applications/$app/alerts/health-rules/$rule"
              params={{ app, rule: String(violation.ruleId) }}
            >
              the health rule
            </Link>
            {"\n"}
            <Link to="/applications/$app/alerts" params={{ app }} search={{ tab: "events", ...around }}>
              what else happened then
            </Link>
          </dd>
        </dl>
      </div>
    </Dialog>
  );
}
