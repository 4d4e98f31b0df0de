// Every page works without this file. It brings the design system's components to life, and adds what only a script can.
import { initAll } from "/assets/nhsuk-frontend.js";

initAll();

const found = (selector) => document.querySelector(selector);

// Whoever locks finds again what they had typed: the form that was typed into goes along. Without this file the first one does.
const lock = found('form[action="/lock"]');
let left = found("form#draft");
document.addEventListener("input", (event) => {
  if (event.target.form?.elements.namedItem("draft")) left = event.target.form;
});
const lockNow = () => {
  for (const [name, value] of left ? new FormData(left) : []) {
    lock.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  lock.submit();
};
lock?.addEventListener("click", (event) => {
  event.preventDefault();
  lockNow();
});
// Alt and L locks from anywhere, also where browsers want further keys with an access key.
document.addEventListener("keydown", (event) => {
  if (lock && event.altKey && !event.ctrlKey && !event.metaKey && event.key.toLowerCase() === "l") {
    event.preventDefault();
    lockNow();
  }
});

// A page that is left alone locks shortly before its session would, so that nothing about a child stays on the screen and what was
// typed is kept. Work in another tab is use of the same session.
const idle = found('meta[name="kinfold-idle"]');
if (idle && lock) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(lockNow, (Number(idle.content) - 20) * 1000);
  };
  const tabs = new BroadcastChannel("kinfold-used");
  tabs.addEventListener("message", wait);
  tabs.postMessage("used");
  wait();
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
