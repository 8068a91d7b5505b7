import { expect, it } from "vitest";
import { conditionWords, newCondition, newRule, problems, scopeOf, shortName, withScope } from "./rule";

it("names conditions as expressions do", () => {
  expect([0, 25, 26, 51, 52].map(shortName)).toEqual(["A", "Z", "AA", "AZ", "BA"]);
});

it.each(["BUSINESS_TRANSACTION_PERFORMANCE", "BACKENDS", "TIER_NODE_HARDWARE"])(
  "writes and reads what %s looks at",
  (type) => {
    for (const scope of [
      { kind: "all", nodes: false, names: [] },
      { kind: "some", nodes: type.startsWith("TIER"), names: ["a|b", "SPECIFIC"] },
    ] as const) {
      expect(scopeOf(withScope(type, { ...scope, names: [...scope.names] }))).toEqual(scope);
    }
  },
);

it("leaves patterns of other clients to them", () => {
  const affects = {
    affectedEntityType: "BACKENDS",
    affectedBackends: { patternMatcher: { matchTo: "STARTS_WITH", matchValue: "x" } },
  };
  expect(scopeOf(affects)).toBeNull();
});

it("says what is missing", () => {
  const rule = newRule();
  expect(Object.keys(problems(rule))).toEqual(["name", "criticalCriteria.0.value"]);
  const condition = newCondition("Stall Count", 0);
  condition.evalDetail.metricEvalDetail.compareValue = 0;
  const whole = {
    ...rule,
    name: "x",
    evalCriterias: {
      criticalCriteria: null,
      warningCriteria: {
        conditionAggregationType: "ALL" as const,
        conditionExpression: null,
        conditions: [condition],
      },
    },
  };
  expect(problems(whole)).toEqual({});
  expect(conditionWords(condition)).toBe("Stall Count > 0");
  expect(
    problems({ ...whole, evalCriterias: { criticalCriteria: null, warningCriteria: null } }).criteria,
  ).toBeTruthy();
});
