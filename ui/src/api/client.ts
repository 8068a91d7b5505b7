// Talks to the page's API. Errors carry what the controller said happened and what to do.

export class ApiError extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, message: string, hint: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.hint = hint;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `/api${path}?${text}` : `/api${path}`;
}

async function failure(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: unknown; hint?: unknown };
    if (typeof body.error === "string") {
      return new ApiError(response.status, body.error, typeof body.hint === "string" ? body.hint : "");
    }
  } catch {
    // Not JSON: something between us and the controller answered.
  }
  const message = `The controller answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(
    response.status,
    `${message}.`,
    "Try again. If it stays, look into the controller's log.",
  );
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(
      0,
      "The controller cannot be reached.",
      "Check that `tierline up` is running, then try again.",
    );
  }
  if (!response.ok) throw await failure(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  return send<T>(address(path, query), { signal: signal ?? null, headers: { accept: "application/json" } });
}

/** Changes something. `csrfToken` is the session's; the login alone has none yet. */
export function change<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  csrfToken?: string,
  query: Query = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (csrfToken) headers["x-csrf-token"] = csrfToken;
  const text = body === undefined ? null : JSON.stringify(body);
  return send<T>(address(path, query), { method, headers, body: text });
}
