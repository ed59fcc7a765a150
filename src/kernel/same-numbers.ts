type Numbers = Readonly<Record<string, number>>;

/** The same keys with the same numbers. */
export function sameNumbers(a: Numbers, b: Numbers): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k]);
}
