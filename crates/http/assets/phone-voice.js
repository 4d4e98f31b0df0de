// Reading a code aloud. Only by a voice that is in the phone: others would send the code to whoever runs them.
import { halves } from "/assets/phone-codes.js";

const known = globalThis.speechSynthesis;

const voice = () => {
  const own = (known?.getVoices() ?? []).filter((one) => one.localService);
  const of = (language) => own.find((one) => one.lang.replace("_", "-").startsWith(language));
  return of("en-GB") ?? of("en") ?? own[0];
};

// Voices are found some time after they are first asked for.
voice();

// Digit by digit, with a pause in the middle; false when there is no voice for it.
export const readAloud = (code) => {
  const found = voice();
  if (!found) return false;
  const words = new SpeechSynthesisUtterance(halves(code).map((half) => [...half].join(", ")).join(". "));
  words.voice = found;
  words.lang = found.lang;
  words.rate = 0.8;
  known.cancel();
  known.speak(words);
  return true;
};
