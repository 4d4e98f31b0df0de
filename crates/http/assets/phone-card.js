// One token on the page: its code, the seconds left as a ring and in words, and what can be done with it.
import { codeOf, halves, stepAt } from "/assets/phone-codes.js";
import { readAloud } from "/assets/phone-voice.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

// Whether each new code is told to a screen reader, once its owner has asked for it.
export const announce = { each: false };

// `say` tells what was done, `remove` asks whether the token shall go.
export const card = (token, { say, remove }) => {
  const element = document.getElementById("one-token").content.firstElementChild.cloneNode(true);
  const part = (name) => element.querySelector(`[data-${name}]`);
  part("agency").textContent = token.agency;
  part("user").textContent = token.userName;
  part("kept").textContent = `Kept in this phone since ${day.format(token.kept)}.`;
  const made = { token, element, part, step: null, code: null };
  const named = `${token.agency}, ${token.userName}`;
  const on = (name, words, act) => {
    part(name).setAttribute("aria-label", `${words}: ${named}`);
    part(name).addEventListener("click", act);
  };
  on("aloud", "Read aloud", () => {
    if (made.code && !readAloud(made.code)) say("This phone has no voice of its own to read with.");
  });
  on("copy", "Copy", () => made.code && copy(made.code, say));
  on("remove", "Remove from this phone", () => remove(token));
  return made;
};

const copy = async (code, say) => {
  try {
    await navigator.clipboard.writeText(code);
    say("Copied.");
  } catch {
    say("This browser does not let the page copy: type the code.");
  }
};

// Brings a card up to this moment.
export const draw = async (made) => {
  const now = Date.now();
  const { period } = made.token;
  const spent = (now / 1000) % period;
  const left = period - Math.floor(spent);
  made.part("left").textContent = left === 1 ? "1 second left" : `${left} seconds left`;
  turn(made.part("ring"), spent, period);
  const step = stepAt(now, period);
  if (step === made.step) return;
  made.step = step;
  try {
    const [code, gone] = await Promise.all([codeOf(made.token, step), codeOf(made.token, step - 1)]);
    // While they were computed the next one may have come.
    if (made.step === step) put(made, code, gone);
  } catch {
    made.part("spoken").textContent = "This token can’t be read: set it up again.";
  }
};

// Whoever was typing the one before may finish it: half of one and half of the other is no code.
const put = (made, code, gone) => {
  made.code = code;
  made.part("before").textContent = `Just before: ${halves(gone).join("\u00a0")}`;
  const both = halves(code);
  made.part("first").textContent = both[0];
  made.part("second").textContent = both[1];
  const spoken = both.map((half) => [...half].join(" ")).join(", ");
  made.part("spoken").textContent = spoken;
  made.part("live").textContent = announce.each ? spoken : "";
};

// The ring is 100 long. It runs down over the second that has begun, or stands still for who asked for less motion.
const turn = (ring, spent, period) => {
  ring.style.transition = "none";
  ring.style.strokeDashoffset = (spent / period) * 100;
  if (still.matches) return;
  const next = Math.floor(spent) + 1;
  ring.getBoundingClientRect();
  ring.style.transition = `stroke-dashoffset ${next - spent}s linear`;
  ring.style.strokeDashoffset = (next / period) * 100;
};
