import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery } from "../api/queries";
import { Icon } from "../design/Icon";
import type { PlaceGroup } from "./navigation";
import styles from "./Shell.module.css";

interface Props {
  label: string;
  groups: readonly PlaceGroup[];
  /** What stands for the `$` parts of the addresses. */
  params?: Record<string, string>;
}

/** The pages at the left; signs alone where the screen is narrow. */
export function SideNavigation({ label, groups, params = {} }: Props) {
  const permissions = useQuery(sessionQuery).data?.permissions ?? [];
  return (
    <nav className={styles.side} aria-label={label}>
      {groups.map(({ title, places }) => {
        const open = places.filter(({ needs }) => needs === undefined || permissions.includes(needs));
        if (open.length === 0) return null;
        return (
          <div key={title ?? ""} className={styles.group}>
            {title ? <p className={styles.groupTitle}>{title}</p> : null}
            {open.map(({ to, label: name, icon, exact = false }) => (
              <Link
                key={to}
                to={to}
                params={params as never}
                title={name}
                aria-label={name}
                activeOptions={{ exact, includeSearch: false }}
              >
                <Icon name={icon} />
                <span>{name}</span>
              </Link>
            ))}
          </div>
        );
      })}
    </nav>
  );
}
