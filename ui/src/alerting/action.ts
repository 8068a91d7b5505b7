// An action in the form of the public REST API. What the page does not know stays as it is.
export interface Action extends Record<string, unknown> {
  id?: number;
  name: string;
  actionType: string;
  emails?: string[];
  url?: string;
  method?: string;
  headers?: { name: string; value: string }[];
  body?: string;
  contentType?: string;
  durationInMinutes?: number | null;
}

export const newAction = (): Action => ({
  name: "",
  actionType: "HTTP_REQUEST",
  url: "https://",
  method: "POST",
});

/** What is still missing to carry it out. */
export function missing({ actionType, url, emails }: Action): string | undefined {
  if (actionType === "HTTP_REQUEST" && !/^https?:\/\/[^/\s]/.test(url ?? ""))
    return "A whole URL: http:// or https:// and a host.";
  if (actionType === "EMAIL" && !emails?.some((address) => /^[^\s@]+@[^\s@]+$/.test(address)))
    return "At least one address.";
  return undefined;
}

/** Without lines that were left empty. */
export const tidy = (action: Action): Action => ({
  ...action,
  ...(action.emails ? { emails: action.emails.map((one) => one.trim()).filter(Boolean) } : {}),
  ...(action.headers ? { headers: action.headers.filter(({ name }) => name.trim() !== "") } : {}),
});
