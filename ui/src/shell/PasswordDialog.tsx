import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { PASSWORD_RULE, passwordProblem, passwordReady } from "../administration/password";
import { change } from "../api/client";
import { sessionQuery } from "../api/queries";
import { FormDialog } from "../design/Dialog";
import { TextField } from "../design/Field";
import { say } from "../design/toast";

/** Changes the visitor's own password. It ends all their sessions, so this one begins anew. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const session = useQuery(sessionQuery).data;
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const save = useMutation({
    mutationFn: async () => {
      const { user = "", account, csrfToken } = session ?? {};
      await change("POST", "/users/password", { user, password, currentPassword: current }, csrfToken);
      await change("POST", "/login", { user, account, password });
    },
    onSuccess: () => {
      void client.invalidateQueries();
      say("Your password is changed. Everywhere else you are signed out.");
      onClose();
    },
  });
  const differs = again !== "" && again !== password ? "It is not the same." : undefined;
  return (
    <FormDialog
      title="Change your password"
      subtitle={session ? `${session.user} @ ${session.account}` : undefined}
      submit="Change it"
      pending={save.isPending}
      error={save.error}
      disabled={current === "" || !passwordReady(password) || again !== password}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextField
        label="Present password"
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        hint={PASSWORD_RULE}
        error={passwordProblem(password)}
      />
      <TextField
        label="New password again"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        error={differs}
      />
    </FormDialog>
  );
}
