// A policy in the form of the public REST API. What the page does not know stays as it is.
type More = Record<string, unknown>;

export interface Policy extends More {
  name: string;
  enabled: boolean;
  executeActionsInBatch: boolean;
  actions: { actionName: string; actionType: string; notes: string }[];
  events: More & {
    healthRuleEvents:
      | (More & {
          healthRuleEventTypes: string[];
          healthRuleScope: { healthRuleScopeType: string; healthRules: string[] } | null;
        })
      | null;
    otherEvents: string[];
    customEvents: (More & { customEventType?: string })[];
  };
}

export function newPolicy(): Policy {
  return {
    name: "",
    enabled: true,
    executeActionsInBatch: true,
    actions: [],
    events: {
      healthRuleEvents: {
        healthRuleEventTypes: [
          "HEALTH_RULE_OPEN_CRITICAL",
          "HEALTH_RULE_UPGRADED",
          "HEALTH_RULE_CLOSE_CRITICAL",
        ],
        healthRuleScope: { healthRuleScopeType: "ALL_HEALTH_RULES", healthRules: [] },
      },
      otherEvents: [],
      customEvents: [],
    },
    selectedEntities: { selectedEntityType: "ANY_ENTITY" },
  };
}

/** Clients write one event as `HEALTH_RULE_…`, `HEALTH_RULE_VIOLATION_…` or `POLICY_…`. */
export function sameRuleEvent(one: string, other: string): boolean {
  const word = (text: string) => text.replace(/^(HEALTH_RULE|POLICY)_(VIOLATION_)?/, "");
  return word(one) === word(other);
}
