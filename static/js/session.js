// Warns before the session ends, and keeps what was typed. The server ends an idle session by itself; this file only
// tells in time. The moment at which it ends is shared between tabs: a time stamp, nothing else.

const KEY = "campion-session-ends";
const CHECK = 5000; // milliseconds between looks at the clock

const dialog = document.getElementById("session-dialog");

if (dialog && typeof dialog.showModal === "function") {
  const seconds = (name) => Number(dialog.dataset[name]) * 1000;
  const idle = seconds("idle"); // how long a session lasts after each contact with the server
  const warnBefore = seconds("warn"); // how long before its end the warning comes
  const hardEnd = Date.now() + seconds("atMost"); // when it ends whatever happens
  let endsAt = Date.now() + seconds("left");
  let ended = false;
  let told = false;
  // A page with errors holds what was typed and is saved nowhere.
  let typed = Boolean(document.querySelector("main .govuk-error-summary"));

  const title = dialog.querySelector("#session-dialog-title");
  const text = dialog.querySelector("#session-dialog-text");
  const left = dialog.querySelector("[data-session-left]");
  const saved = dialog.querySelector("[data-session-saved]");
  const announce = dialog.querySelector("[data-session-announce]");
  const stay = dialog.querySelector("[data-session-stay]");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(KEY) : null;

  const heard = (moment) => {
    if (Number.isFinite(moment)) endsAt = Math.min(Math.max(endsAt, moment), hardEnd);
  };

  const stored = () => {
    try {
      return Number(window.localStorage.getItem(KEY)) || 0;
    } catch {
      return 0; // storage may be switched off; then each tab counts for itself
    }
  };

  const tell = (moment) => {
    heard(moment);
    try {
      window.localStorage.setItem(KEY, String(endsAt));
    } catch {
      // As above.
    }
    if (channel) channel.postMessage(endsAt);
  };

  const saveForms = () => {
    const saves = [];
    document.dispatchEvent(new CustomEvent("campion:save", { detail: saves }));
    return Promise.all(saves);
  };

  const isUnsaved = () => {
    for (const form of document.querySelectorAll("form[data-autosave]")) {
      if (form.campionUnsaved && form.campionUnsaved()) return true;
    }
    return typed;
  };

  const words = (milliseconds) => {
    if (milliseconds > 90000) return "2 minutes";
    if (milliseconds > 45000) return "1 minute";
    return "less than a minute";
  };

  const close = () => {
    if (dialog.open) dialog.close();
    announce.textContent = "";
  };

  const warn = async () => {
    const time = words(endsAt - Date.now());
    if (left.textContent !== time) {
      left.textContent = time;
      if (dialog.open) announce.textContent = `You will be signed out in ${time}.`;
    }
    if (dialog.open) return;
    saved.hidden = true;
    dialog.showModal();
    title.focus();
    const forms = document.querySelectorAll("form[data-autosave]").length;
    const results = await saveForms();
    saved.hidden = !(forms && results.every(Boolean));
  };

  const end = () => {
    ended = true;
    if (!isUnsaved()) {
      // Nothing here is nowhere else: leave the page, and come back to it after signing in.
      window.location.assign(window.location.href);
      return;
    }
    title.textContent = "You have been signed out";
    const line = document.createElement("p");
    line.className = "govuk-body";
    line.textContent =
      "What you typed is still on this page. Use the button on the page, sign in, and it will be there.";
    text.replaceChildren(line);
    stay.textContent = "Go back to the page";
    if (!dialog.open) dialog.showModal();
    title.focus();
  };

  const look = () => {
    if (ended) return;
    heard(stored());
    const remaining = endsAt - Date.now();
    if (remaining <= 0) end();
    else if (remaining > warnBefore) close();
    else if (!told) warn();
  };

  const staySignedIn = async () => {
    if (ended) {
      close();
      return;
    }
    stay.disabled = true;
    try {
      await saveForms();
      const response = await fetch(dialog.dataset.sessionHref, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
      });
      if (!response.ok) {
        end();
        return;
      }
      tell(Date.now() + idle);
      // Near the ten hours nothing prolongs the session; the person has read so, and need not read it again.
      told = endsAt - Date.now() <= warnBefore;
      close();
    } catch {
      saved.textContent = "We could not reach the service. Check your connection and try again.";
      saved.hidden = false;
    } finally {
      stay.disabled = false;
    }
  };

  stay.addEventListener("click", staySignedIn);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape means "I am here"
    staySignedIn();
  });
  document.addEventListener("campion:contact", () => {
    tell(Date.now() + idle);
    look();
  });
  document.addEventListener("input", (event) => {
    if (event.target.form && !event.target.form.matches("[data-autosave]")) typed = true;
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  window.addEventListener("pageshow", (event) => event.persisted && look());
  window.addEventListener("storage", (event) => event.key === KEY && look());
  if (channel) {
    channel.addEventListener("message", (event) => {
      heard(Number(event.data));
      look();
    });
  }

  tell(endsAt);
  look();
  setInterval(look, CHECK);
}
