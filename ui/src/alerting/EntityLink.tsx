import { Link } from "@tanstack/react-router";
import type { EntityRef } from "../api/alerting";
import { entityType } from "../words/alerting";

interface Props {
  app: string;
  entity: EntityRef;
  className?: string | undefined;
}

/** The way to the thing an event or a violation is about; its name alone where there is no page of it. */
export function EntityLink({ app, entity, className }: Props) {
  const { entityType: type, entityId, name } = entity;
  const id = String(entityId);
  const title = `${entityType(type)} ${name}`;
  const common = { title, className };
  switch (type) {
    case "APPLICATION":
      return (
        <Link {...common} to="/applications/$app" params={{ app: id }}>
          {name}
        </Link>
      );
    case "BUSINESS_TRANSACTION":
      return (
        <Link {...common} to="/applications/$app/business-transactions/$bt" params={{ app, bt: id }}>
          {name}
        </Link>
      );
    case "APPLICATION_COMPONENT":
      return (
        <Link {...common} to="/applications/$app/tiers" params={{ app }} search={{ tier: entityId }}>
          {name}
        </Link>
      );
    case "APPLICATION_COMPONENT_NODE":
      return (
        <Link {...common} to="/applications/$app/tiers" params={{ app }} search={{ node: entityId }}>
          {name}
        </Link>
      );
    case "BACKEND":
      return (
        <Link {...common} to="/applications/$app/backends/$backend" params={{ app, backend: id }}>
          {name}
        </Link>
      );
    case "POLICY":
      return (
        <Link {...common} to="/applications/$app/alerts/health-rules/$rule" params={{ app, rule: id }}>
          {name}
        </Link>
      );
    default:
      return <span title={title}>{name}</span>;
  }
}
