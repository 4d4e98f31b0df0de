// The arithmetic of a token: otpauth addresses (docs/tokens.md) and RFC 6238 over RFC 4226. Knows no page and no storage.

const ALGORITHMS = new Map([["SHA1", "SHA-1"], ["SHA256", "SHA-256"], ["SHA512", "SHA-512"]]);
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LONGEST = 1024;
const LONGEST_LABEL = 64;

// The words of an error made here are shown as they are.
const wrong = (words) => { throw new Error(words); };

const oneOf = (value, known, words) => (known.includes(value) ? value : wrong(words));

// Base 32 without padding (RFC 4648, section 6).
const base32 = (text) => {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [buffer, bits, at] = [0, 0, 0];
  for (const letter of text.toUpperCase()) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) wrong("The secret of this set-up address is not in base 32.");
    buffer = ((buffer << 5) | value) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (buffer >> bits) & 0xff;
      at += 1;
    }
  }
  return bytes;
};

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return wrong("This set-up address is wrongly percent-encoded.");
  }
};

// What an otpauth address says: { agency, userName, algorithm, digits, period, secret }. Left out, they are the format's own
// defaults: SHA-1, 6 digits, 30 seconds.
export const parse = (text) => {
  const parts = /^otpauth:\/\/totp\/([^?#]+)\?([^#]+)$/.exec(text.trim());
  if (!parts || text.length > LONGEST) wrong("This is not the set-up address of a token.");
  const [prefix, account] = decoded(parts[1]).split(":");
  const fields = new URLSearchParams(parts[2].replaceAll("+", "%2B"));
  const agency = fields.get("issuer") ?? prefix;
  const userName = (account ?? prefix).trim();
  for (const label of [agency, userName]) {
    if (!label || label.length > LONGEST_LABEL) wrong("This set-up address does not say whose token it is.");
  }
  const algorithm = (fields.get("algorithm") ?? "SHA1").toUpperCase();
  oneOf(algorithm, [...ALGORITHMS.keys()], "This page knows SHA-1, SHA-256 and SHA-512 alone.");
  const digits = oneOf(Number(fields.get("digits") ?? 6), [6, 8], "This page knows codes of 6 and 8 digits alone.");
  const period = oneOf(Number(fields.get("period") ?? 30), [8, 15, 30, 60], "This page knows steps of 8, 15, 30 and 60 seconds alone.");
  const secret = base32(fields.get("secret") ?? "");
  if (secret.length < 16) wrong("The secret of this set-up address is too short.");
  return { agency, userName, algorithm, digits, period, secret };
};

// A key that signs and that no script can read; what it was made from is wiped.
export const keyOf = async ({ algorithm, secret }) => {
  const how = { name: "HMAC", hash: ALGORITHMS.get(algorithm) };
  const key = await crypto.subtle.importKey("raw", secret, how, false, ["sign"]);
  secret.fill(0);
  return key;
};

// The step that a clock of so many milliseconds is in.
export const stepAt = (milliseconds, period) => Math.floor(milliseconds / 1000 / period);

// The code of one step, with its leading zeros.
export const codeOf = async ({ key, digits }, step) => {
  const factor = new DataView(new ArrayBuffer(8));
  factor.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, factor.buffer));
  const value = mac.getUint32(mac.getUint8(mac.byteLength - 1) & 0xf) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, "0");
};

// Both halves of a code, as people read and say it.
export const halves = (code) => [code.slice(0, code.length / 2), code.slice(code.length / 2)];
