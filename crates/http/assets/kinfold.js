// Every page works without this file. It brings the design system's components to life, and adds what only a script can.
import { initAll } from "/assets/nhsuk-frontend.js";

initAll();

const found = (selector) => document.querySelector(selector);

// Alt and L locks from anywhere, also where browsers want further keys with an access key.
const lock = found('form[action="/lock"]');
document.addEventListener("keydown", (event) => {
  if (lock && event.altKey && !event.ctrlKey && !event.metaKey && event.key.toLowerCase() === "l") {
    event.preventDefault();
    lock.submit();
  }
});

// A page that is left alone goes when its session locks, so that nothing about a child stays on the screen.
const idle = found('meta[name="kinfold-idle"]');
if (idle) {
  setTimeout(() => location.replace("/unlock"), (Number(idle.content) + 1) * 1000);
}
// A page that the browser kept is not shown again: what it said may be over.
addEventListener("pageshow", (event) => event.persisted && location.replace("/"));

// An answer grows old on the screen.
const old = found(".kinfold-old");
if (old) {
  setTimeout(() => { old.hidden = false; }, 5 * 60 * 1000);
}

// What stands beside an answer is fetched once the answer is there. If that fails, the button remains.
const beside = found("form[data-beside]");
if (beside) {
  const state = found("#beside-state");
  const say = (words) => {
    state.textContent = words;
    state.hidden = false;
  };
  say("Asking the agencies…");
  const body = new URLSearchParams(new FormData(beside));
  body.append("part", "1");
  fetch(beside.action, { method: "POST", body, redirect: "error" })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
    .then((html) => {
      found("#beside").innerHTML = html;
      beside.hidden = true;
      say("As the agencies told it just now.");
    })
    .catch(() => say("This could not be fetched now."));
}

// A live page: the server sends the part of it that changes.
const part = found("[data-events]");
if (part) {
  const source = new EventSource(part.dataset.events);
  const show = (live) => {
    found("#live").hidden = !live;
    found("#live-over").hidden = live;
  };
  source.addEventListener("open", () => show(true));
  source.addEventListener("part", (event) => {
    // Whoever works with the keyboard stays where they are.
    const at = [...part.querySelectorAll("button, a")].indexOf(document.activeElement);
    const name = document.activeElement?.textContent;
    part.innerHTML = event.data;
    if (at >= 0) {
      const same = [...part.querySelectorAll("button, a")].find((one) => one.textContent === name);
      same?.focus();
    }
    show(true);
  });
  const over = () => {
    source.close();
    show(false);
  };
  source.addEventListener("over", over);
  source.addEventListener("error", over);
}
