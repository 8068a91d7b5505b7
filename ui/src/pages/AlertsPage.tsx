import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ActionsTab } from "../alerting/ActionsTab";
import { DeliveriesTab } from "../alerting/DeliveriesTab";
import { EventsTab } from "../alerting/EventsTab";
import { HealthRulesTab } from "../alerting/HealthRulesTab";
import { PoliciesTab } from "../alerting/PoliciesTab";
import { QuietTimesTab } from "../alerting/QuietTimesTab";
import { SchedulesTab } from "../alerting/SchedulesTab";
import type { AlertsSearch, AlertTab } from "../alerting/search";
import { ViolationsTab } from "../alerting/ViolationsTab";
import { healthQuery } from "../api/alerting";
import { useMay } from "../api/change";
import { PageHeader } from "../design/PageHeader";
import { type Tab, Tabs } from "../design/Tabs";

const FROM = "/shell/applications/$app/alerts" as const;

export interface AlertsTabProps {
  app: string;
  search: AlertsSearch;
  /** Changes what stands in the address. */
  onChange: (values: Partial<AlertsSearch>) => void;
}

const CONTENTS: Record<AlertTab, (props: AlertsTabProps) => React.ReactNode> = {
  violations: ViolationsTab,
  events: EventsTab,
  "health-rules": HealthRulesTab,
  policies: PoliciesTab,
  actions: ActionsTab,
  deliveries: DeliveriesTab,
  schedules: SchedulesTab,
  "quiet-times": QuietTimesTab,
};

export function AlertsPage() {
  const { app } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/alerts" });
  const health = useQuery(healthQuery(app));
  const mayConfigure = useMay("configure-alerting");
  const tab = search.tab ?? "violations";
  const open = health.data ? health.data.critical + health.data.warning : undefined;
  const tabs: Tab<AlertTab>[] = [
    {
      value: "violations",
      label: "Violations",
      count: open || undefined,
      mark: health.data?.critical ? "failed" : undefined,
    },
    { value: "events", label: "Events" },
    { value: "health-rules", label: "Health rules" },
    { value: "policies", label: "Policies" },
    // Actions may hold tokens: who may not change them does not see them.
    ...(mayConfigure ? [{ value: "actions", label: "Actions" } as const] : []),
    { value: "deliveries", label: "What was sent" },
    { value: "schedules", label: "Schedules" },
    { value: "quiet-times", label: "Quiet times" },
  ];
  const Content = CONTENTS[tab];
  return (
    <>
      <PageHeader title="Alerts" />
      <Tabs
        label="Parts of alerting"
        tabs={tabs}
        value={tab}
        onChange={(next) => void navigate({ search: { tab: next === "violations" ? undefined : next } })}
        fill
        flush
      >
        <Content
          app={app}
          search={search}
          onChange={(values) =>
            void navigate({ search: (previous) => ({ ...previous, ...values }), replace: true })
          }
        />
      </Tabs>
    </>
  );
}
