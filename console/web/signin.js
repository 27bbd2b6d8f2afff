// Signs in: leaves for the OpenID Provider by the authorization code flow with PKCE (RFC 7636). The program is not needed
// for it, only for coming back. Also fills in the sign-in and the frame of index.html.
(() => {
  const at = (id) => document.getElementById(id);
  const root = document.documentElement;
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

  // arxkeysConfig reads the deployment's configuration. It fails if the console can't be reached.
  window.arxkeysConfig = async () => {
    const answer = await fetch("/config.json", { cache: "no-cache", credentials: "same-origin" }).catch(() => { throw new Error(unreachable); });
    if (!answer.ok) throw new Error(answer.status >= 500 ? unreachable : "This deployment does not say where to sign in: /config.json can’t be read.");
    const config = await answer.json();
    if (!config.authorization_endpoint || !config.token_endpoint || !config.client_id) throw new Error("This deployment does not say where to sign in: /config.json lacks an endpoint or the client id.");
    return config;
  };

  // The screen that does not show is not in the page, so that nothing in the page is there twice.
  const signIn = at("first-sign-in");
  const frame = at("first-frame");
  const button = at("sign-in");
  const banner = at("sign-in-banner");
  (root.dataset.first === "sign-in" ? frame : signIn).remove();

  // arxkeysDrawn takes both screens away: the program has drawn in their place.
  window.arxkeysDrawn = () => {
    signIn.remove();
    frame.remove();
  };

  // arxkeysSignedOut shows the sign-in, with the reason why nobody is signed in, or "".
  window.arxkeysSignedOut = (why) => {
    root.dataset.first = "sign-in";
    frame.remove();
    at("stopped").before(signIn);
    document.title = "Sign in · Arxkeys";
    say(why);
  };

  function say(why) {
    banner.lastElementChild.textContent = why;
    banner.toggleAttribute("hidden", why === "");
  }

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    say("");
    try {
      await arxkeysSignIn(await arxkeysConfig(), location.pathname + location.search);
    } catch (err) {
      console.error(err);
      say(err.message);
      button.removeAttribute("aria-disabled");
    }
  });

  // The program follows links itself, but has no page for those that open in a new tab.
  for (const link of [...signIn.querySelectorAll("a[target]"), ...frame.querySelectorAll("a[target]")]) link.addEventListener("click", (event) => event.stopPropagation());

  // The frame names the page that is about to come, if that is one of the navigation.
  signIn.querySelector("#deployment").textContent = location.host;
  if (root.dataset.first === "sign-in") document.title = "Sign in · Arxkeys";
  const link = frame.querySelector(`.nav a[href="/${CSS.escape(location.pathname.split("/")[1])}"]`);
  if (!link || location.pathname === "/callback") return;
  link.setAttribute("aria-current", "page");
  link.scrollIntoView({ inline: "center", block: "nearest" }); // on a phone, the strip of tabs is wider than the window
  if (root.dataset.page === "other") return;
  frame.querySelector("h1").textContent = link.textContent;
  frame.querySelector(".lead").textContent = link.dataset.lead;
  if (root.dataset.first === "frame") document.title = `${link.textContent} · Arxkeys`;
})();
