/**
 * The same plain-JSON state with every steady time in it moved by `byMs`. By convention the fields that hold one end
 * in `At` or `Since` (or are called `at` or `since`) and are numbers.
 */
export function shiftTimes<T>(state: T, byMs: number): T {
  if (Array.isArray(state)) return state.map((v: unknown) => shiftTimes(v, byMs)) as T;
  if (state === null || typeof state !== 'object') return state;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(state)) {
    out[key] = typeof value === 'number' && /(^at|^since|At|Since)$/.test(key) ? value + byMs : shiftTimes(value, byMs);
  }
  return out as T;
}
