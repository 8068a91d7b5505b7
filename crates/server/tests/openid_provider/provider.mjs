// node provider.mjs PORT REDIRECT_URI: an OpenID Connect provider whose users are whoever says so.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);

const claimsOf = (id) => ({
  sub: `subject-of-${id}`,
  email: `${id}@example.org`,
  email_verified: true,
  name: `The user ${id}`,
  preferred_username: id,
  groups: id === "boss" ? ["operators"] : ["readers"],
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "tierline",
      client_secret: "a secret with / and +",
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "groups"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["not a secret"] },
  pkce: { required: () => true, methods: ["S256"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => claimsOf(id) }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
