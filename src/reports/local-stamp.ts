const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(zone: string, at: number): Record<string, string> {
  let format = formats.get(zone);
  if (!format) {
    const two = '2-digit' as const;
    const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...fields })));
  }
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
}

/** `2026-11-22 14:03:07` by the clocks of a place. @param zone IANA name @param at ms since the epoch */
export function localStamp(zone: string, at: number): string {
  const p = partsOf(zone, at);
  return `${p['year']}-${p['month']}-${p['day']} ${p['hour']}:${p['minute']}:${p['second']}`;
}

/** `2026-11-22`. */
export const localDay = (zone: string, at: number): string => localStamp(zone, at).slice(0, 10);

/** `14:03:07`, with the day before it when that is not `day`. */
export function localClock(zone: string, at: number, day: string): string {
  const stamp = localStamp(zone, at);
  return stamp.startsWith(day) ? stamp.slice(11) : stamp.slice(5);
}
