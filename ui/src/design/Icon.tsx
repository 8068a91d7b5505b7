// Our own icons: strokes on a 16 by 16 grid, coloured by the text around them.
import type { SVGProps } from "react";

const PATHS = {
  dashboard: "M2.5 2.5h4.5v6h-4.5zM9 2.5h4.5v3.5h-4.5zM9 8h4.5v5.5h-4.5zM2.5 10.5h4.5v3h-4.5z",
  transactions: "M2 4.5h9M8.5 2l2.5 2.5-2.5 2.5M14 11.5h-9M7.5 9l-2.5 2.5 2.5 2.5",
  snapshot: "M2 3h7M4.5 6.5h7M7 10h7M4.5 13h4",
  database:
    "M3 4c0-1.2 2.2-2 5-2s5 .8 5 2-2.2 2-5 2-5-.8-5-2zM3 4v8c0 1.2 2.2 2 5 2s5-.8 5-2V4M3 8c0 1.2 2.2 2 5 2s5-.8 5-2",
  server: "M2.5 2.5h11v4.5h-11zM2.5 9h11v4.5h-11zM5 4.75h.01M5 11.25h.01M8 4.75h3M8 11.25h3",
  cache: "M8 1.8 14 5 8 8.2 2 5zM2 8l6 3.2L14 8M2 11l6 3.2L14 11",
  queue: "M1.5 5h13v6h-13zM5 5v6M8.2 5v6M11.4 5v6",
  globe:
    "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM2 8h12M8 1.8c2 1.8 2.8 3.8 2.8 6.2S10 12.4 8 14.2C6 12.4 5.200 10.4 5.200 8S6 3.600 8 1.800z",
  plug: "M5.500 2v3.500M10.500 2v3.500M3.500 5.500h9v2a4.500 4.500 0 0 1-9 0zM8 12v2.500",
  clock: "M8 1.800a6.200 6.200 0 1 0 0 12.400A6.200 6.200 0 0 0 8 1.800zM8 4.500V8l2.500 1.500",
  chevronDown: "M4 6l4 4 4-4",
  chevronRight: "M6 4l4 4-4 4",
  chevronLeft: "M10 4 6 8l4 4",
  arrowRight: "M2.500 8h11M9.500 4l4 4-4 4",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM10.300 10.300 14 14",
  close: "M3.500 3.500l9 9M12.500 3.500l-9 9",
  check: "M3 8.500 6.500 12 13 4.500",
  copy: "M5.500 5.500h8v8h-8zM3.500 10.500h-1v-8h8v1",
  warning: "M8 2 14.500 13.500h-13zM8 6.500v3M8 11.500h.01",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.500 9.500A6 6 0 0 1 6.500 2.500 6 6 0 1 0 13.500 9.500z",
  screen: "M2 3h12v8H2zM5.500 13.500h5M8 11v2.500",
  user: "M8 2.500a2.750 2.750 0 1 0 0 5.500 2.750 2.750 0 0 0 0-5.500zM2.800 14c.4-2.700 2.400-4.200 5.200-4.200s4.800 1.500 5.200 4.200",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  plus: "M8 3v10M3 8h10",
  trash: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.5 9h6l.5-9M6.800 7v4M9.200 7v4",
  pencil: "M3 13l.6-3L10.800 2.800l2.400 2.400L6 12.400zM9.300 4.300l2.400 2.400",
  undo: "M3 6h6.500a3.500 3.500 0 0 1 0 7H6M5.500 3.500 3 6l2.500 2.500",
  download: "M8 2.500v8M4.800 7.500 8 10.700l3.200-3.200M3 13.500h10",
  external: "M9 3h4v4M13 3 7.500 8.500M11 9.500V13H3V5h3.500",
  bell: "M3.500 11.500h9c-.9-1-1.200-2-1.200-4.500a3.300 3.300 0 0 0-6.600 0c0 2.500-.3 3.500-1.200 4.500zM6.800 13.800h2.400",
  pulse: "M1.500 8.500h3l2-5.500 3 10 2-4.500h3",
  bug: "M5 6.500h6v4a3 3 0 0 1-6 0zM6 6.500V5.800a2 2 0 0 1 4 0v.7M8 7v6M2.500 5.500 5 7.500M13.500 5.500 11 7.500M2 10h3M14 10h-3M3 14l2.300-2M13 14l-2.300-2",
  chart: "M2.500 2.500v11h11M5 10.500l2.500-3.500 2.500 2 3-4.500",
  settings: "M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M10.500 3v3M5.500 10v3",
  users:
    "M6 3a2.300 2.300 0 1 0 0 4.600A2.300 2.300 0 0 0 6 3zM1.800 13c.3-2.300 1.900-3.600 4.200-3.600S9.900 10.700 10.200 13M10.500 3.300a2.300 2.300 0 0 1 0 4.200M11.800 9.700c1.400.5 2.200 1.700 2.400 3.300",
  key: "M10.500 2.500a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8.300 7.700 2.500 13.500M4.500 11.500l1.500 1.500",
  group: "M2.500 3h5v4h-5zM9.500 9h4v4h-4zM5 7v4h4.500",
  ban: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.800 3.800l8.400 8.400",
  flag: "M3.500 14V2.500h8l-1.800 3 1.800 3h-8",
  history: "M2.500 8a5.500 5.500 0 1 0 1.800-4.100L2.500 5.500M2.500 2.500v3h3M8 5v3l2 1.500",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  play: "M5 3l8 5-8 5z",
  link: "M6.500 9.500l3-3M7 4.500 8.500 3a3.200 3.200 0 0 1 4.500 4.500L11.500 9M9 11.500 7.500 13A3.200 3.200 0 0 1 3 8.500L4.500 7",
  table: "M2 3h12v10H2zM2 6.500h12M2 9.800h12M6.500 6.500V13",
  map: "M4 4.500a1.800 1.800 0 1 0 0-.01zM12 3.500a1.800 1.800 0 1 0 0-.01zM12 12.500a1.800 1.800 0 1 0 0-.01zM5.800 4.300l4.400-.500M5.300 5.800l5.400 5.400",
  stack: "M2.500 4h11M2.500 8h8M2.500 12h5",
  filter: "M2 3h12L9.500 8.500V13l-3-1.500v-3z",
} as const;

export type IconName = keyof typeof PATHS;

interface Props extends SVGProps<SVGSVGElement> {
  name: IconName;
  size?: number;
}

export function Icon({ name, size = 16, ...rest }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The icon of a kind of exit call. */
export function exitTypeIcon(exitType: string): IconName {
  switch (exitType) {
    case "DB":
      return "database";
    case "CACHE":
      return "cache";
    case "QUEUE":
    case "RABBITMQ":
      return "queue";
    case "HTTP":
    case "WEB_SERVICE":
      return "globe";
    default:
      return "plug";
  }
}
