// Saves a form while it is being filled in. `<form data-autosave>` sends itself to its own address (or to the address in
// the attribute) with the header X-Autosave: 1. The answer is {"saved_at": ISO time, "seen": token}; the token goes into
// the hidden field `seen`, by which the server notices that another tab saved in between.
//
// Typing and submitting are never stopped: a save that fails says so and is tried again. Files are not sent here.

const QUIET = 2000; // milliseconds without a change before a save
const FIRST_RETRY = 5000;
const LONGEST_RETRY = 60000;
const LONGEST_WAIT_ON_SUBMIT = 1000;
const MOST_WHEN_LEAVING = 60000; // bytes: browsers refuse more in a request that outlives its page

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });

class Refused extends Error {}

class Autosave {
  constructor(form) {
    this.form = form;
    this.timer = null;
    this.running = null;
    this.retry = FIRST_RETRY;
    this.leaving = false;
    this.status = this.makeStatus();
    this.saved = this.body().toString();

    form.addEventListener("input", () => this.later(QUIET));
    form.addEventListener("change", () => this.later(QUIET));
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("online", () => this.isChanged() && this.later(0));
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
    // The session's warning asks for a save before anything else, and waits for it.
    document.addEventListener("campion:save", (event) => event.detail.push(this.save()));
  }

  makeStatus() {
    let status = this.form.querySelector("[data-autosave-status]");
    if (!status) {
      status = document.createElement("p");
      const buttons = this.form.querySelector(".govuk-button-group, button[type=submit], button:not([type])");
      if (buttons) buttons.before(status);
      else this.form.append(status);
    }
    status.classList.add("campion-saved");
    status.setAttribute("role", "status");
    status.setAttribute("aria-live", "polite");
    return status;
  }

  say(words, { waiting = false } = {}) {
    // The same words are not set again: a screen reader would read them again.
    if (this.status.textContent !== words) this.status.textContent = words;
    this.status.classList.toggle("campion-saved--waiting", waiting);
  }

  body() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") body.append(name, value);
    }
    return body;
  }

  isChanged() {
    const now = this.body();
    const then = new URLSearchParams(this.saved);
    now.delete("seen");
    then.delete("seen");
    return now.toString() !== then.toString();
  }

  later(wait) {
    if (this.leaving) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.running) return this.running.then(() => (this.isChanged() ? this.save({ keepalive }) : true));
    if (this.leaving || !this.isChanged()) return Promise.resolve(true);
    const body = this.body();
    this.running = this.send(body, keepalive)
      .then(
        (answer) => this.succeeded(answer, body),
        (problem) => this.failed(problem),
      )
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  async send(body, keepalive) {
    const response = await fetch(this.form.dataset.autosave || this.form.getAttribute("action") || window.location.href, {
      method: "POST",
      body,
      headers: { "X-Autosave": "1", Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: keepalive && body.toString().length < MOST_WHEN_LEAVING,
    });
    const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
    const answer = isJson ? await response.json() : {};
    if (response.ok && isJson) return answer;
    if (response.status >= 500 || response.status === 429) throw new Error(`answered ${response.status}`);
    throw new Refused(
      answer.message ||
        "Not saved. Use the button on this page: if you have been signed out, you can sign in and what you typed stays.",
    );
  }

  succeeded(answer, body) {
    this.saved = body.toString();
    this.retry = FIRST_RETRY;
    const seen = this.form.elements.namedItem("seen");
    if (seen && answer.seen !== undefined) seen.value = answer.seen;
    const at = answer.saved_at ? new Date(answer.saved_at) : new Date();
    this.say(`Saved ${clock.format(Number.isNaN(at.getTime()) ? new Date() : at)}`);
    document.dispatchEvent(new CustomEvent("campion:contact"));
    if (this.isChanged()) this.later(QUIET);
    return true;
  }

  failed(problem) {
    if (problem instanceof Refused) {
      this.say(problem.message, { waiting: true });
      return false;
    }
    this.say("Not saved yet. We will try again", { waiting: true });
    this.later(this.retry);
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY);
    return false;
  }

  submitted(event) {
    clearTimeout(this.timer);
    if (event.defaultPrevented || this.leaving) return;
    this.leaving = true;
    // Should the person come back to this very page ("back"), saving goes on.
    window.addEventListener("pageshow", () => { this.leaving = false; }, { once: true });
    if (!this.running) return;
    // A save is on its way and will change `seen`. It gets a moment, so that the form is not taken for an older copy.
    event.preventDefault();
    const again = () => this.form.requestSubmit(event.submitter || undefined);
    Promise.race([this.running, new Promise((done) => setTimeout(done, LONGEST_WAIT_ON_SUBMIT))]).then(() => {
      this.running = null;
      again();
    });
  }

  leave() {
    if (!this.leaving && !this.running && this.isChanged()) this.save({ keepalive: true });
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const autosave = new Autosave(form);
  // The session's warning reads this, to know whether the page holds anything that is nowhere else.
  form.campionUnsaved = () => autosave.isChanged();
}
