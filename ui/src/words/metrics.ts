// What the metric browser says.

/** What the folders at the root hold. */
const FOLDERS: Record<string, string> = {
  "Overall Application Performance": "the application, its tiers and nodes",
  "Business Transaction Performance": "business transactions and their groups",
  "Information Points": "nothing reports these",
  "Application Infrastructure Performance": "which nodes reported",
  Errors: "errors by type",
  Backends: "remote services and databases",
  "Service Endpoints": "nothing reports these",
  "End User Experience": "nothing reports these",
  Mobile: "nothing reports these",
};

export function folderMeaning(name: string): string | undefined {
  return FOLDERS[name];
}

export const UNIT_TITLES = { ms: "Milliseconds", rate: "Per minute", count: "Number" } as const;
