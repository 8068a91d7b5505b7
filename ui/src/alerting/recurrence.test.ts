import { describe, expect, it } from "vitest";
import { newRecurrence, recurrenceProblems, recurrenceWords, withFrequency } from "./recurrence";

describe("times that come again", () => {
  it.each([
    [newRecurrence(), "Mon–Fri 08:00–18:00"],
    [{ scheduleFrequency: "DAILY" }, "Every day all day"],
    [
      { scheduleFrequency: "WEEKLY", days: ["SUNDAY", "MONDAY"], startTime: "22:00", endTime: "06:00" },
      "Mon, Sun 22:00–06:00",
    ],
    [
      { scheduleFrequency: "MONTHLY_SPECIFIC_DAY", occurrence: "SECOND", day: "TUESDAY" },
      "Second Tuesday of the month, all day",
    ],
    [
      {
        scheduleFrequency: "ONE_TIME",
        startDate: "24/12/2026",
        startTime: "12:00",
        endDate: "2026-12-26",
        endTime: "12:00",
      },
      "24 Dec 12:00 – 26 Dec 12:00",
    ],
    [{ scheduleFrequency: "CUSTOM", startCron: "* *" }, "CUSTOM all day"],
  ])("%j is said in words", (recurrence, words) => {
    expect(recurrenceWords(recurrence)).toBe(words);
  });

  it("keeps the times of day and what a client wrote when the rhythm changes, and nothing of the old rhythm", () => {
    const daily = withFrequency({ ...newRecurrence(), theirs: 1 }, "DAILY");
    expect(daily).toEqual({ scheduleFrequency: "DAILY", startTime: "08:00", endTime: "18:00", theirs: 1 });
  });

  it("says what is missing", () => {
    expect(recurrenceProblems({ ...newRecurrence(), days: [] })).toHaveProperty("days");
    expect(recurrenceProblems({ scheduleFrequency: "ONE_TIME" })).toHaveProperty("startDate");
    const same = { scheduleFrequency: "ONE_TIME", startDate: "2026-12-24", endDate: "24/12/2026" };
    expect(recurrenceProblems(same)).toHaveProperty("endDate");
    expect(recurrenceProblems({ ...same, endTime: "10:00" })).toEqual({});
  });
});
