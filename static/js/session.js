// Warns before the session ends, and keeps what was typed. The server ends an idle session by itself; this file only
// tells in time. The moment of the last contact is shared between tabs: a time stamp, nothing else.

const KEY = "campion-contact";
const CHECK = 5000; // milliseconds between looks at the clock

const dialog = document.getElementById("session-dialog");

if (dialog && typeof dialog.showModal === "function") {
  const warnAfter = Number(dialog.dataset.warnAfter) * 1000;
  const idleAfter = Number(dialog.dataset.idleAfter) * 1000;
  const title = dialog.querySelector("#session-dialog-title");
  const text = dialog.querySelector("#session-dialog-text");
  const left = dialog.querySelector("[data-session-left]");
  const saved = dialog.querySelector("[data-session-saved]");
  const announce = dialog.querySelector("[data-session-announce]");
  const stay = dialog.querySelector("[data-session-stay]");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(KEY) : null;

  let contact = Date.now();
  let typed = Boolean(document.querySelector(".govuk-error-summary"));
  let ended = false;

  const remember = (at) => {
    contact = Math.max(contact, at);
  };

  const stored = () => {
    try {
      return Number(window.localStorage.getItem(KEY)) || 0;
    } catch {
      return 0; // storage may be switched off; then each tab counts for itself
    }
  };

  const contacted = () => {
    remember(Date.now());
    try {
      window.localStorage.setItem(KEY, String(contact));
    } catch {
      // As above.
    }
    if (channel) channel.postMessage(contact);
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

  const warn = async (remaining) => {
    const time = words(remaining);
    if (left.textContent !== time || !dialog.open) {
      left.textContent = time;
      if (dialog.open) announce.textContent = `You will be signed out in ${time}.`;
    }
    if (dialog.open) return;
    dialog.showModal();
    title.focus();
    const forms = document.querySelectorAll("form[data-autosave]").length;
    const results = await saveForms();
    saved.hidden = !(forms && results.length && results.every(Boolean));
  };

  const end = () => {
    ended = true;
    if (!isUnsaved()) {
      // Nothing here is nowhere else: leave the page, and come back to it after signing in.
      window.location.assign(window.location.href);
      return;
    }
    title.textContent = "You have been signed out";
    text.replaceChildren();
    const line = document.createElement("p");
    line.className = "govuk-body";
    line.textContent =
      "What you typed is still on this page. Use the button on the page, sign in, and it will be there.";
    text.append(line);
    stay.textContent = "Go back to the page";
    if (!dialog.open) dialog.showModal();
    title.focus();
  };

  const look = () => {
    if (ended) return;
    remember(stored());
    const idle = Date.now() - contact;
    if (idle >= idleAfter) end();
    else if (idle >= warnAfter) warn(idleAfter - idle);
    else close();
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
      if (response.ok) {
        contacted();
        close();
      } else {
        end();
      }
    } catch {
      announce.textContent = "";
      left.textContent = words(idleAfter - (Date.now() - contact));
      saved.hidden = false;
      saved.textContent = "We could not reach the service. Check your connection and try again.";
    } finally {
      stay.disabled = false;
    }
  };

  stay.addEventListener("click", staySignedIn);
  dialog.addEventListener("cancel", (event) => {
    // Escape means "I am here".
    event.preventDefault();
    staySignedIn();
  });
  document.addEventListener("campion:contact", contacted);
  document.addEventListener("input", (event) => {
    if (event.target.form && !event.target.form.matches("[data-autosave]")) typed = true;
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  window.addEventListener("pageshow", (event) => !event.persisted || look());
  window.addEventListener("storage", (event) => event.key === KEY && look());
  if (channel) {
    channel.addEventListener("message", (event) => {
      if (Number.isFinite(event.data)) remember(event.data);
      look();
    });
  }

  contacted();
  setInterval(look, CHECK);
}
