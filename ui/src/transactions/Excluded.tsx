import type { BtAdministration } from "../api/transactions";
import { Button } from "../design/Button";
import { DataTable } from "../design/DataTable";
import { Panel } from "../design/Panel";
import { EmptyState, Loaded } from "../design/States";
import { transactions as words } from "../words/overview";
import { useDecide } from "./TransactionDialog";

interface Props {
  app: string;
  query: { data: BtAdministration | undefined; error: Error | null; refetch: () => unknown };
  may: boolean;
}

/** What was excluded, and the way back. */
export function Excluded({ app, query, may }: Props) {
  const names = new Map(query.data?.excluded.map(({ id, name }) => [id, name]));
  const decide = useDecide(app, ({ ids }) => words.included(names.get(ids?.[0] ?? 0) ?? ""));
  return (
    <Panel title={words.excludedTitle} flush>
      <Loaded query={query} height={200}>
        {({ excluded }) => (
          <DataTable
            label={words.excludedTitle}
            rows={excluded}
            rowKey={(row) => row.id}
            columns={[
              { id: "name", header: "Name", width: "minmax(160px, 1fr)", cell: (row) => row.name },
              {
                id: "back",
                header: "",
                width: "130px",
                align: "right",
                cell: (row) =>
                  may ? (
                    <Button
                      disabled={decide.isPending}
                      onClick={() => decide.mutate({ action: "include", ids: [row.id] })}
                    >
                      {words.include}
                    </Button>
                  ) : null,
              },
            ]}
            empty={
              <EmptyState title={words.noneExcluded} icon="ban" compact>
                {words.noneExcludedMeaning}
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}
