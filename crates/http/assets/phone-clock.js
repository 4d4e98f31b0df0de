// Whether this phone's clock is right, as far as the node knows.

// Under this it is of no matter: the node learns it as people sign in.
const MATTERS = 4000;

// In words, when the clock matters; null when it is right, or when there is no telling, as without a connection.
export const complaint = async () => {
  try {
    const before = Date.now();
    // Without the cookie: asking for the time must not keep a session awake.
    const answer = await fetch("/phone/time", { cache: "no-store", credentials: "omit" });
    const after = Date.now();
    const { now_ms: now } = await answer.json();
    const ahead = (before + after) / 2 - now;
    const certain = Math.abs(ahead) - (after - before) / 2;
    if (certain <= MATTERS) return null;
    const side = ahead > 0 ? "fast" : "slow";
    return `This phone’s clock is ${spoken(Math.abs(ahead))} ${side}. Let the phone set its time by itself (Settings, Date and time). Until then your codes may be refused.`;
  } catch {
    return null;
  }
};

const spoken = (milliseconds) => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
};
