// Exact decimal sums: a product or sum of decimal texts, rounded half up, never by binary floats.
const SCALE = 12;

/** A decimal text as a whole number of 10^-12, or null. */
export function parse(text) {
  const found = /^\s*(-?)(\d+)(?:[.,](\d+))?\s*$/.exec(text ?? "");
  if (!found) return null;
  const [, sign, whole, part = ""] = found;
  return BigInt(`${sign}${whole}${part.padEnd(SCALE, "0").slice(0, SCALE)}`);
}

export const times = (left, right) => left * right / 10n ** BigInt(SCALE);

/** The number with `places` decimals, half up, with a true minus. */
export function format(number, places) {
  const unit = 10n ** BigInt(SCALE - places);
  const size = number < 0n ? -number : number;
  const digits = String((size + unit / 2n) / unit).padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return number < 0n && /[1-9]/.test(text) ? `\u2212${text}` : text;
}
