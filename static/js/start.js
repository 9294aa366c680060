// Starts the components of the design systems. Without this file every page still works.

import { initAll as startGovuk } from "../built/govuk-frontend.min.js";
import { initAll as startMoj } from "../built/moj-frontend.min.js";

// The stylesheet hides what only a script can show again (a revealed question, a menu), so it has to know that one runs.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

startGovuk();
startMoj();

// Leaving replaces this page in the browser's history, so that "back" does not bring it up again.
for (const link of document.querySelectorAll("a[data-leave-page]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    window.location.replace(link.href);
  });
}

// So does Escape, pressed three times within five seconds.
const leave = document.querySelector("a[data-leave-page]");
let escapes = [];
if (leave) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      escapes = [];
      return;
    }
    escapes = [...escapes.filter((at) => event.timeStamp - at < 5000), event.timeStamp];
    if (escapes.length >= 3) window.location.replace(leave.href);
  });
}

// A passkey that was refused, or a person who closed the browser's question, leaves no trace on the page by itself.
document.addEventListener("allauth.error", (event) => {
  const problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  event.preventDefault();
  problem.textContent = "The passkey or security key was not used. Try again, or choose another way.";
});
