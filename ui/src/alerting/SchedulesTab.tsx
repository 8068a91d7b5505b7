import { TextField } from "../design/Field";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { ObjectList } from "./ObjectList";
import { RecurrenceFields, ZoneField } from "./RecurrenceFields";
import { newRecurrence, ownZone, type Recurrence, recurrenceProblems, recurrenceWords } from "./recurrence";

interface Schedule extends Record<string, unknown> {
  name: string;
  description: string;
  timezone: string;
  /** All the time when absent. */
  scheduleConfiguration?: Recurrence | undefined;
}

/** When health rules are asked. */
export function SchedulesTab(props: AlertsTabProps) {
  return (
    <ObjectList<Schedule>
      {...props}
      kind="schedules"
      title="Schedules"
      one="schedule"
      icon="clock"
      meaning="A health rule is asked only while its schedule is active."
      fresh={() => ({
        name: "",
        description: "",
        timezone: ownZone(),
        scheduleConfiguration: newRecurrence(),
      })}
      ready={({ scheduleConfiguration: one }) => !one || Object.keys(recurrenceProblems(one)).length === 0}
      lost="A health rule that names it keeps it from being deleted: give the rule another schedule first."
      fixed={({ definition }) => definition.name === "Always"}
      columns={[
        {
          id: "when",
          header: "Active",
          width: "minmax(180px, 1fr)",
          cell: ({ definition: { scheduleConfiguration: one } }) =>
            one ? recurrenceWords(one) : "All the time",
        },
        {
          id: "zone",
          header: "Time zone",
          width: "minmax(110px, 0.5fr)",
          cell: (row) => row.definition.timezone || "UTC",
        },
        {
          id: "about",
          header: "What it is for",
          width: "minmax(120px, 1fr)",
          wideOnly: true,
          cell: (row) => row.definition.description,
        },
      ]}
      form={(one, onChange) => (
        <>
          <TextField label="Name" value={one.name} onChange={(name) => onChange({ ...one, name })} />
          <TextField
            label="What it is for"
            value={one.description}
            onChange={(description) => onChange({ ...one, description })}
          />
          {one.scheduleConfiguration ? (
            <>
              <RecurrenceFields
                recurrence={one.scheduleConfiguration}
                onChange={(scheduleConfiguration) => onChange({ ...one, scheduleConfiguration })}
              />
              <ZoneField value={one.timezone} onChange={(timezone) => onChange({ ...one, timezone })} />
            </>
          ) : (
            <p>It is active all the time.</p>
          )}
        </>
      )}
    />
  );
}
