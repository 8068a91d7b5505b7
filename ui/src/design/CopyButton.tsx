import { useEffect, useState } from "react";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

interface Props {
  text: string;
  label: string;
  icon?: IconName;
}

/** Copies a text and says so. */
export function CopyButton({ text, label, icon = "copy" }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <Button
      variant="quiet"
      square
      aria-label={copied ? "Copied" : label}
      title={copied ? "Copied" : label}
      onClick={copy}
    >
      <Icon name={copied ? "check" : icon} />
    </Button>
  );
}
