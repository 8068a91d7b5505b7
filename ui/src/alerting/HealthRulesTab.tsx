import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type AlertingObject, alertingPath, alertingQuery } from "../api/alerting";
import { useChange, useMay } from "../api/change";
import { ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm } from "../design/Dialog";
import { Icon } from "../design/Icon";
import link from "../design/RowLink.module.css";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { readSort, type Sort, writeSort } from "../design/sort";
import { sayFailed } from "../design/toast";
import { useWide } from "../design/useWide";
import { formatAgo, formatInstant } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { affectsLabel } from "../words/alerting";
import styles from "./Alerting.module.css";
import { conditionWords, type HealthRule } from "./rule";

const FIRST_SORT: Sort = { column: "name", descending: false };
type Rule = AlertingObject<HealthRule>;

export function HealthRulesTab({ app, search, onChange }: AlertsTabProps) {
  const rules = useQuery(alertingQuery<HealthRule>(app, "health-rules"));
  const mayChange = useMay("configure-alerting");
  const navigate = useNavigate();
  const wide = useWide();
  const [leaving, setLeaving] = useState<Rule>();
  const { setEnabled, remove } = useRuleChanges(app, () => setLeaving(undefined));
  const words = search.q?.toLowerCase();
  const rows = (rules.data ?? []).filter((rule) => !words || rule.name.toLowerCase().includes(words));
  const actions = (rule: Rule) => [
    {
      label: rule.definition.enabled ? "Switch off" : "Switch on",
      onClick: () => setEnabled.mutate(rule, { onError: sayFailed }),
    },
    {
      label: "Make another like it",
      onClick: () =>
        void navigate({
          to: "/applications/$app/alerts/health-rules/$rule",
          params: { app, rule: "new" },
          search: { like: rule.id },
        }),
    },
    { label: "Delete…", danger: true, onClick: () => setLeaving(rule) },
  ];
  const columns = ruleColumns(app, mayChange ? actions : undefined).filter(
    (column) => wide || !column.wideOnly,
  );
  return (
    <>
      <div className={styles.bar}>
        <SearchBox
          label="Filter by name"
          value={search.q ?? ""}
          onChange={(q) => onChange({ q: q || undefined })}
        />
        <span className={styles.faint}>{rules.data ? `${rows.length} of ${rules.data.length}` : ""}</span>
        {mayChange ? (
          <Button
            variant="primary"
            onClick={() =>
              void navigate({
                to: "/applications/$app/alerts/health-rules/$rule",
                params: { app, rule: "new" },
              })
            }
          >
            <Icon name="plus" /> New health rule
          </Button>
        ) : null}
      </div>
      <Loaded query={rules} height="100%">
        {(all) => (
          <DataTable
            label="Health rules"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            sort={readSort(search.sort, FIRST_SORT)}
            onSort={(sort) => onChange({ sort: writeSort(sort) })}
            scroll
            empty={
              <EmptyState
                title={all.length === 0 ? "There is no health rule" : "Nothing matches"}
                icon="pulse"
              >
                A health rule says when something is not well: a number above a limit, or far from what is
                usual.
              </EmptyState>
            }
          />
        )}
      </Loaded>
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
          Its open violations are canceled. Those that ended, and their events, stay. To keep the rule without
          its effect, switch it off instead.
        </Confirm>
      ) : null}
    </>
  );
}

function useRuleChanges(app: string, onRemoved: () => void) {
  const path = alertingPath(app, "health-rules");
  const setEnabled = useChange<Rule>({
    request: ({ id, version, definition }) => ({
      method: "PUT",
      path: `${path}/${id}`,
      body: { version, definition: { ...definition, enabled: !definition.enabled } },
    }),
    affects: [path],
    done: ({ name, definition }) => `${name} is switched ${definition.enabled ? "off" : "on"}.`,
  });
  const remove = useChange<Rule>({
    request: ({ id }) => ({ method: "DELETE", path: `${path}/${id}` }),
    affects: [`/applications/${app}`],
    done: ({ name }) => `${name} is deleted.`,
    onDone: onRemoved,
  });
  return { setEnabled, remove };
}

type Actions = (rule: Rule) => Parameters<typeof ActionMenu>[0]["actions"];

function ruleColumns(app: string, actions: Actions | undefined): Column<Rule>[] {
  const columns: Column<Rule>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(180px, 1.1fr)",
      sortBy: (row) => row.name,
      cell: (row) => (
        <Link
          to="/applications/$app/alerts/health-rules/$rule"
          params={{ app, rule: String(row.id) }}
          className={link.link}
          title={row.name}
        >
          {row.name}
        </Link>
      ),
    },
    {
      id: "enabled",
      header: "State",
      width: "72px",
      sortBy: (row) => (row.definition.enabled ? 1 : 0),
      cell: (row) => (row.definition.enabled ? "On" : <span className={styles.faint}>Off</span>),
    },
    {
      id: "affects",
      header: "Looks at",
      width: "minmax(150px, 0.9fr)",
      sortBy: (row) => affectsLabel(row.definition.affects.affectedEntityType),
      cell: (row) => affectsLabel(row.definition.affects.affectedEntityType),
    },
    {
      id: "when",
      header: "When",
      width: "minmax(180px, 1.4fr)",
      wideOnly: true,
      cell: (row) => {
        const { criticalCriteria, warningCriteria } = row.definition.evalCriterias;
        const all = (criticalCriteria ?? warningCriteria)?.conditions.map(conditionWords) ?? [];
        return <span title={all.join("\n")}>{all.join("; ")}</span>;
      },
    },
    {
      id: "changed",
      header: "Changed",
      width: "150px",
      wideOnly: true,
      sortBy: (row) => row.changedMs,
      cell: (row) => (
        <span title={formatInstant(row.changedMs)}>
          {formatAgo(row.changedMs, Date.now())} by {row.changedBy}
        </span>
      ),
    },
  ];
  if (actions) {
    columns.push({
      id: "actions",
      header: "",
      width: "48px",
      cell: (row) => (
        <span className={link.above}>
          <ActionMenu label={`Actions for ${row.name}`} actions={actions(row)} />
        </span>
      ),
    });
  }
  return columns;
}
