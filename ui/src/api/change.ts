// Changing something at the controller: one way, so that every change carries the session's token, says that it was
// done, and asks anew what it may have altered.
import { type QueryKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { say } from "../design/toast";
import { change, type Query } from "./client";
import type { Permission } from "./contract";
import { sessionQuery } from "./queries";

export interface Request {
  method: "POST" | "PUT" | "DELETE";
  /** Below `/api`. */
  path: string;
  body?: unknown;
  query?: Query;
}

interface Options<Input, Answer> {
  /** What is sent for what was filled in. */
  request: (input: Input) => Request;
  /** What is said when it is done; nothing when the page shows it by itself. */
  done?: (input: Input, answer: Answer) => string;
  /** Beginnings of the questions (paths) whose answers may be others now; without it all that are on screen. */
  affects?: readonly string[];
  onDone?: (answer: Answer, input: Input) => void;
}

/** `mutate(input)` sends; `error` is for `FormError`, `isPending` for the button. */
export function useChange<Input = void, Answer = unknown>(options: Options<Input, Answer>) {
  const session = useQuery(sessionQuery);
  const client = useQueryClient();
  return useMutation<Answer, Error, Input>({
    mutationFn: (input) => {
      const { method, path, body, query } = options.request(input);
      return change<Answer>(method, path, body, session.data?.csrfToken, query);
    },
    onSuccess: (answer, input) => {
      const { affects } = options;
      const touched = (key: QueryKey) =>
        affects === undefined || affects.some((start) => String(key[0]).startsWith(start));
      void client.invalidateQueries({ predicate: (query) => touched(query.queryKey) });
      const words = options.done?.(input, answer);
      if (words) say(words);
      options.onDone?.(answer, input);
    },
  });
}

/** Whether the visitor may do something; what they may not is not offered. */
export function useMay(permission: Permission): boolean {
  return useQuery(sessionQuery).data?.permissions.includes(permission) ?? false;
}
