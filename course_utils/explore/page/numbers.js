/** Numbers: rounding, writing, reading between samples. */

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

/** Round to the nearest multiple of `step`, without the dust of binary fractions. */
export const snap = (x, step) => Number((Math.round(x / step) * step).toFixed(9));

/** Write x to `count` significant digits, or to fewer if those are all that it has. */
export function digits(x, count = 5) {
  const short = Number(x.toPrecision(count)) + 0; // and no minus before 0
  if (Math.abs(short - x) <= 1e-15 * Math.abs(x)) return String(short);
  return Math.abs(x) < 1e-4 ? x.toExponential(count - 1) : x.toPrecision(count);
}

/** Write x in few digits, for a sentence: 0.25, not 0.250. */
export const briefly = (x) => String(Number(x.toPrecision(3)) + 0);

/** Write a slider's number: two decimals, or more if it has them. */
export const decimals = (x) => (snap(x, 0.01) === x ? x.toFixed(2) : String(Number(x.toFixed(6))));

/** Read numbers from base64: float64, unless another kind of array is asked for. */
export function decode(text, Kind = Float64Array) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = characters.charCodeAt(k);
  return new Kind(bytes.buffer);
}

/** Read samples y at position u = 0 .. y.length - 1: the cubic through the nearest four. */
export function between(y, u) {
  const i = clamp(Math.floor(u) - 1, 0, y.length - 4);
  const [t, t1, t2, t3] = [u - i, u - i - 1, u - i - 2, u - i - 3];
  return (
    (-y[i] * t1 * t2 * t3) / 6 + (y[i + 1] * t * t2 * t3) / 2
    - (y[i + 2] * t * t1 * t3) / 2 + (y[i + 3] * t * t1 * t2) / 6
  );
}

/** Return round numbers, about `count` of them, from low to high. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough) * power;
  const first = Math.ceil(low / step);
  const length = Math.floor(high / step) - first + 1;
  return Array.from({ length }, (_, k) => snap((first + k) * step, step));
}

/** Return the powers of ten from low to high, at most about `count` of them. */
export function powers(low, high, count) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const exponents = Array.from({ length: Math.max(last - first + 1, 0) }, (_, k) => first + k);
  return exponents.filter((n) => n % stride === 0).map((n) => Number(`1e${n}`));
}

/** Write a power of ten as on paper: 10⁻³, but 0.1, 1 and 10 in full. */
export function power(x) {
  const n = Math.round(Math.log10(x));
  if (Math.abs(n) <= 1) return String(x);
  return `10${String(n).replace(/./g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻")}`;
}

/** Return a map from data to pixels, linear or logarithmic, with its inverse. */
export function scale([low, high], [start, end], log = false) {
  const [into, out] = log ? [Math.log10, (x) => 10 ** x] : [Number, Number];
  const [first, last] = [into(low), into(high)];
  const map = (x) => start + ((into(x) - first) / (last - first)) * (end - start);
  map.inverse = (pixel) => out(first + ((pixel - start) / (end - start)) * (last - first));
  return map;
}

/** Apply `f` to every value of an object, or to those that `keep` keeps. */
export function mapped(object, f, keep = () => true) {
  const kept = Object.entries(object).filter(([, value]) => keep(value));
  return Object.fromEntries(kept.map(([name, value]) => [name, f(value)]));
}

/** Write x to `count` significant digits as Python's `format(x, ".4g")` does, ties to even. */
export function general(x, count, scientific = false) {
  const [all, tens] = Math.abs(x).toExponential(60).split("e"); // a tie would end in zeros here
  const next = all.replace(".", "").slice(count);
  const isTie = /^50*$/.test(next) && all.replace(".", "")[count - 1] % 2 === 0;
  const even = isTie ? Number(`${all.slice(0, count > 1 ? count + 1 : 1)}e${tens}`) : Math.abs(x);
  const [mantissa, power] = even.toExponential(count - 1).split("e");
  const sign = x < 0 ? "-" : "";
  const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (!scientific && power >= -4 && power < count) {
    return sign + trimmed(even.toFixed(Math.max(count - 1 - power, 0)));
  }
  return `${sign}${trimmed(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
