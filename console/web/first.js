// Shows the first screen, which is in index.html: the sign-in, or the frame of the console until the program has drawn.
(() => {
  const at = (id) => document.getElementById(id);
  const root = document.documentElement;
  const signIn = at("first-sign-in");
  const frame = at("first-frame");
  const button = at("sign-in");
  const banner = at("sign-in-banner");

  // arxkeysDrawn takes both screens away: the program has drawn in their place. A screen that does not show is not in the
  // page, so that nothing in the page is there twice.
  window.arxkeysDrawn = () => {
    signIn.remove();
    frame.remove();
  };

  // arxkeysSignedOut shows the sign-in, with the reason why nobody is signed in, or "".
  window.arxkeysSignedOut = (why) => {
    frame.remove();
    at("stopped").before(signIn);
    root.dataset.first = "sign-in";
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
  signIn.querySelector("#deployment").textContent = location.host;

  // The program follows links itself, but has no page for those that open in a new tab.
  for (const link of [...signIn.querySelectorAll("a[target]"), ...frame.querySelectorAll("a[target]")]) link.addEventListener("click", (event) => event.stopPropagation());

  // What the tab has stored when it left for the sign-in, until the program takes it; see signin.js.
  function departure() {
    try { return JSON.parse(sessionStorage.getItem("arxkeys.departure")); } catch { return null; }
  }

  // may reports whether the person has the permission. While nobody knows, they have: the program stores the permissions
  // with the session when it knows them.
  let permissions;
  const may = (permission) => !permission || !permissions || permissions.includes(permission);

  // name fills in the page that is about to come, if it is one of the navigation that opens.
  function name(path) {
    const [, section, ...rest] = path.split("/");
    const link = frame.querySelector(`.nav a[href="/${CSS.escape(section)}"]`);
    const { needs, create, createNeeds, lead, refused } = link?.dataset ?? {};
    const known = link && rest.length === 0 && may(needs);
    const whole = known && (may(createNeeds) || refused); // otherwise the page is about something else
    root.dataset.page = !whole ? "other" : section === "" ? "overview" : "list";
    root.dataset.section = section;
    frame.querySelector(".nav [aria-current]")?.removeAttribute("aria-current");
    if (!link) return;
    link.setAttribute("aria-current", "page");
    const center = () => link.scrollIntoView({ inline: "center", block: "nearest" }); // on a phone, the strip of tabs is wider than the window
    requestAnimationFrame(center);
    document.fonts.ready.then(center);
    if (!known) return;
    document.title = `${link.textContent} · Arxkeys`;
    frame.querySelector("h1").textContent = link.textContent;
    frame.querySelector(".lead").textContent = !whole ? "" : may(createNeeds) ? lead : `${lead} ${refused}`;
    frame.querySelector(".actions").hidden = !create;
    frame.querySelector(".actions .btn span").textContent = create ?? "";
  }

  // Who comes back from the sign-in would lose it by leaving before the program has redeemed the code. Until then, a link
  // says where to go afterwards.
  frame.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]:not([target])");
    if (!link || location.pathname !== "/callback" || !departure()) return;
    event.preventDefault();
    const back = link.getAttribute("href");
    sessionStorage.setItem("arxkeys.departure", JSON.stringify({ ...departure(), back }));
    name(back);
  });

  // Somebody is probably signed in if the tab keeps a refresh token, or comes back from the sign-in.
  try {
    const back = location.pathname === "/callback";
    if (sessionStorage.getItem("arxkeys.session") === null && !back) {
      arxkeysSignedOut("");
      return;
    }
    permissions = sessionStorage.getItem("arxkeys.permissions")?.split(" ");
    for (const link of frame.querySelectorAll("[data-needs]")) link.parentElement.hidden = !may(link.dataset.needs);
    name(new URL(back ? departure()?.back ?? "/" : location.pathname, location.origin).pathname);
  } catch {
    arxkeysSignedOut("This browser stores nothing for this site, which the sign-in needs. Allow it, then reload.");
    return;
  }
  signIn.remove();
  root.dataset.first = "frame";
})();
