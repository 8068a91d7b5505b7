import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useId, useState } from "react";
import { ApiError, change } from "../api/client";
import { loginOptionsQuery } from "../api/queries";
import { Button } from "../design/Button";
import { Logo } from "../shell/Logo";
import styles from "./LoginPage.module.css";

export function LoginPage() {
  const id = useId();
  const { next } = useSearch({ from: "/login" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [user, setUser] = useState("admin");
  const [password, setPassword] = useState("");
  useEffect(() => {
    document.title = "Sign in · Tierline";
  }, []);
  const options = useQuery(loginOptionsQuery());
  const login = useMutation({
    mutationFn: () => {
      // `admin@customer1` is how the REST API writes it; both forms work here.
      const [name, account] = user.split("@", 2);
      return change("POST", "/login", { user: name, account: account || undefined, password });
    },
    onSuccess: async () => {
      client.clear();
      await navigate({ href: next ?? "/applications" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <Logo size={40} />
        <h1>Sign in to Tierline</h1>
        <label htmlFor={`${id}user`}>User</label>
        <input
          id={`${id}user`}
          name="user"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={user}
          onChange={(event) => setUser(event.target.value)}
        />
        <label htmlFor={`${id}password`}>Password</label>
        <input
          id={`${id}password`}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          // biome-ignore lint/a11y/noAutofocus: the one thing to do on this page
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {login.error ? (
          <p className={styles.problem} role="alert">
            {login.error.message} {login.error instanceof ApiError ? login.error.hint : ""}
          </p>
        ) : null}
        <Button type="submit" variant="primary" disabled={login.isPending}>
          {login.isPending ? "Signing in…" : "Sign in"}
        </Button>
        {options.data?.openIdConnect ? (
          <a className={styles.note} href="/api/login/oidc">
            Sign in with OpenID Connect
          </a>
        ) : null}
        {login.error ? null : (
          <p className={styles.note}>
            The first start of <code>tierline up</code> printed user and password.
          </p>
        )}
      </form>
    </main>
  );
}
