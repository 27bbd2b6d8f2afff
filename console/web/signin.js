// Signs in: leaves for the OpenID Provider by the authorization code flow with PKCE (RFC 7636). The program is not needed
// for it, only for coming back.
(() => {
  const unreachable = "Arxkeys can’t be reached. Check the connection and try again.";

  const random = (bytes) => base64url(crypto.getRandomValues(new Uint8Array(bytes)));
  const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // arxkeysSignIn leaves for the provider of the configuration, and brings the person back to the address, which is one of
  // this console, such as /keys?status=active. What is stored until then is read by console/session.
  window.arxkeysSignIn = async (config, back) => {
    const departure = { state: random(16), nonce: random(16), verifier: random(32), back };
    sessionStorage.setItem("arxkeys.departure", JSON.stringify(departure));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(departure.verifier));
    const to = new URL(config.authorization_endpoint);
    const parameters = {
      response_type: "code", client_id: config.client_id, redirect_uri: `${location.origin}/callback`, scope: config.scope,
      state: departure.state, nonce: departure.nonce, code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) to.searchParams.set(name, value);
    location.assign(to);
  };

  // arxkeysConfig reads the deployment's configuration, once. It fails if the console can't be reached.
  let read;
  window.arxkeysConfig = () => read ??= readConfig().catch((err) => { read = undefined; throw err; });

  async function readConfig() {
    const answer = await fetch("/config.json", { cache: "no-cache", credentials: "same-origin" }).catch(() => { throw new Error(unreachable); });
    if (!answer.ok) throw new Error(answer.status >= 500 ? unreachable : "This deployment does not say where to sign in: /config.json can’t be read.");
    const config = await answer.json();
    if (!config.authorization_endpoint || !config.token_endpoint || !config.client_id) throw new Error("This deployment does not say where to sign in: /config.json lacks an endpoint or the client id.");
    return config;
  }
})();
