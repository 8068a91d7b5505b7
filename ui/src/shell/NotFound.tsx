import { Link } from "@tanstack/react-router";
import { EmptyState } from "../design/States";

export function NotFound() {
  return (
    <EmptyState title="There is no page at this address">
      Check the address, or go to <Link to="/applications">all applications</Link>.
    </EmptyState>
  );
}
