/** Three tiers, one line through them. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--accent-fill)" />
      <g fill="#fff">
        <rect x="6" y="8" width="15" height="4" rx="2" />
        <rect x="10" y="14" width="12" height="4" rx="2" opacity="0.8" />
        <rect x="15" y="20" width="11" height="4" rx="2" opacity="0.6" />
      </g>
    </svg>
  );
}
