import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { AccountsTab } from "../administration/AccountsTab";
import { EmailTab } from "../administration/EmailTab";
import { ListsTab } from "../administration/ListsTab";
import { StoreTab } from "../administration/StoreTab";
import type { SettingsTab } from "../administration/search";
import type { Permission } from "../api/contract";
import { sessionQuery } from "../api/queries";
import { PageHeader } from "../design/PageHeader";
import { Tabs } from "../design/Tabs";

const FROM = "/shell/administration/settings" as const;

const TABS: readonly {
  value: SettingsTab;
  label: string;
  needs?: Permission;
  content: (props: { subject: string | undefined; onSubject: (subject?: string) => void }) => React.ReactNode;
}[] = [
  { value: "controller", label: "Store and retention", content: StoreTab },
  { value: "lists", label: "Lists", content: ListsTab },
  { value: "email", label: "Email", needs: "configure-alerting", content: EmailTab },
  { value: "accounts", label: "Accounts", needs: "manage-accounts", content: AccountsTab },
];

/** The controller itself. */
export function SettingsPage() {
  const { tab, subject } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/administration/settings" });
  const permissions = useQuery(sessionQuery).data?.permissions ?? [];
  const open = TABS.filter(({ needs }) => needs === undefined || permissions.includes(needs));
  const chosen = open.find(({ value }) => value === tab) ?? (open[0] as (typeof TABS)[number]);
  const Content = chosen.content;
  return (
    <>
      <PageHeader title="Controller" />
      <Tabs
        label="Parts of the controller"
        tabs={open.map(({ value, label }) => ({ value, label }))}
        value={chosen.value}
        onChange={(next) => void navigate({ search: { tab: next === "controller" ? undefined : next } })}
      >
        <Content
          subject={subject}
          onSubject={(next) =>
            void navigate({ search: (previous) => ({ ...previous, subject: next }), replace: true })
          }
        />
      </Tabs>
    </>
  );
}
