// The phone page: takes tokens in, shows their codes, lets them go. It works without a connection (phone-worker.js).
import { announce, card, draw } from "/assets/phone-card.js";
import { complaint } from "/assets/phone-clock.js";
import { parse } from "/assets/phone-codes.js";
import { all, canKeep, keep, remove } from "/assets/phone-vault.js";

const found = (id) => document.getElementById(id);
const CLOCK_EVERY = 60_000;
let cards = [];

const say = (words) => { found("said").textContent = words; };

const show = async () => {
  const tokens = await all();
  cards = tokens.map((token) => card(token, { say, remove: askToRemove }));
  found("tokens").replaceChildren(...cards.map((one) => one.element));
  found("none").hidden = tokens.length > 0;
  const names = tokens.map((token) => `${token.agency}:${token.userName}`);
  found("twice").hidden = new Set(names).size === names.length;
  await Promise.all(cards.map(draw));
};

// Once a second, with the clock's own seconds; not while nobody sees it.
const tick = () => {
  if (!document.hidden) cards.forEach(draw);
  setTimeout(tick, 1000 - (Date.now() % 1000) + 5);
};

const judgeClock = async () => {
  const words = await complaint();
  found("clock-words").textContent = words ?? "";
  found("clock").hidden = !words;
};

const refuse = (words) => {
  const field = found("phone-code");
  found("add-wrong-words").textContent = words ?? "";
  found("add-wrong").hidden = !words;
  found("add-group").classList.toggle("nhsuk-form-group--error", Boolean(words));
  field.classList.toggle("nhsuk-input--error", Boolean(words));
  field.toggleAttribute("aria-invalid", Boolean(words));
  if (words) {
    found("add-more").open = true;
    field.focus();
  }
};

// The set-up address that a phone code stands for. The node gives it once.
const fetched = async (code) => {
  let answer;
  try {
    const body = new URLSearchParams({ code });
    answer = await fetch("/phone/fetch", { method: "POST", body, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch {
    throw new Error("The node can’t be reached: a token is set up with a connection.");
  }
  const plain = answer.headers.get("content-type")?.startsWith("text/plain");
  if (answer.ok) return answer.text();
  throw new Error(plain ? await answer.text() : "The node can’t hand the token over now. Try again, or tell your IT operator.");
};

const takeIn = async (typed) => {
  refuse(null);
  try {
    if (!typed) throw new Error("Enter the phone code from the page where you set the token up.");
    const token = await keep(parse(typed.startsWith("otpauth:") ? typed : await fetched(typed)));
    found("add").reset();
    await show();
    found("add-more").open = false;
    say(`The token of ${token.userName} at ${token.agency} is kept in this phone. Now enter two of its codes on the page where you began.`);
    found("heading").focus();
  } catch (error) {
    refuse(error.message);
  }
};

// Asks, and does it when the answer is yes.
const asked = (dialog, act) => {
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && act(), { once: true });
  dialog.showModal();
};

const askToRemove = (token) => {
  found("removed").textContent = `${token.userName} at ${token.agency}`;
  asked(found("removing"), async () => {
    await remove(token.id);
    await show();
    say("Removed. This phone no longer has that token.");
    found("heading").focus();
  });
};

// A QR code leads here with a phone code behind the #, which browsers never send. It goes from the address at once.
const handed = () => {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  if (/^[0-9a-f-]{16,19}$/i.test(code)) asked(found("keeping"), () => takeIn(code));
};

const offerInstalling = () => {
  let offer;
  const alone = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
  found("install").hidden = Boolean(alone);
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    found("install-now").hidden = false;
  });
  found("install-now").addEventListener("click", () => offer?.prompt());
  addEventListener("appinstalled", () => { found("install").hidden = true; });
};

const begin = async () => {
  if (!canKeep()) throw new Error("no keys, no storage or no secure connection");
  await show();
  found("phone").hidden = false;
  found("shared").hidden = !matchMedia("(pointer: fine)").matches;
  found("add").addEventListener("submit", (event) => {
    event.preventDefault();
    takeIn(found("phone-code").value.trim());
  });
  found("announce").addEventListener("change", (event) => { announce.each = event.target.checked; });
  addEventListener("hashchange", handed);
  document.addEventListener("visibilitychange", () => !document.hidden && (cards.forEach(draw), judgeClock()));
  addEventListener("online", judgeClock);
  setInterval(() => !document.hidden && judgeClock(), CLOCK_EVERY);
  offerInstalling();
  handed();
  tick();
  judgeClock();
  navigator.serviceWorker?.register("/phone/worker.js", { scope: "/phone/" })
    .catch(() => say("Without a connection this page will not open: the browser could not keep it."));
};

begin().catch(() => { found("cannot").hidden = false; });
