const pad = (n: number) => String(n).padStart(2, '0');

/** `ms` as m:ss, h:mm:ss or days: "00:47", "1:02:03", "3d 04h". Never negative. */
export const formatDuration = (ms: number): string => {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 3600) return `${pad(Math.floor(s / 60))}:${pad(s % 60)}`;
  if (s < 86_400) return `${Math.floor(s / 3600)}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}`;
  return `${Math.floor(s / 86_400)}d ${pad(Math.floor((s % 86_400) / 3600))}h`;
};

interface ClockReading {
  /** Milliseconds left; negative when over time. A stopped clock shows what was left when it stopped. */
  readonly leftMs: number;
  readonly text: string;
  readonly over: boolean;
  readonly done: boolean;
  /** Share of the limit used up, 0…1. */
  readonly used: number;
}

/** Reads a ticket's clock at `now` (ms). Over time counts up with a plus: "+02:13". */
export const readClock = (
  clock: { from: string; limitS: number; doneAt: string | null },
  now: number,
): ClockReading => {
  const end = clock.doneAt === null ? now : Date.parse(clock.doneAt);
  const usedMs = end - Date.parse(clock.from);
  const leftMs = clock.limitS * 1000 - usedMs;
  // Whole seconds are rounded up, so that a full clock starts at its limit and only a spent one shows 00:00.
  const text = leftMs >= 0 ? formatDuration(Math.ceil(leftMs / 1000) * 1000) : `+${formatDuration(-leftMs)}`;
  const used = Math.min(1, Math.max(0, usedMs / (clock.limitS * 1000)));
  return { leftMs, text, over: leftMs < 0, done: clock.doneAt !== null, used };
};

const formats = new Map<string, Intl.DateTimeFormat>();
const format = (timeZone: string | undefined, withDay: boolean): Intl.DateTimeFormat => {
  const key = `${timeZone ?? ''}/${withDay}`;
  const kept = formats.get(key);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(withDay ? { month: '2-digit', day: '2-digit' } : {}),
  });
  formats.set(key, made);
  return made;
};

const DAY_MS = 86_400_000;

/** Wall clock of the estate: "02:41:07"; with the day ("07-14 02:41:07") when `at` is over 20 h from `now`. */
export const formatTime = (at: string | number, timeZone?: string, now?: number): string => {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(ms)) return '–';
  const withDay = now !== undefined && Math.abs(now - ms) > (DAY_MS * 20) / 24;
  const part = Object.fromEntries(
    format(timeZone, withDay)
      .formatToParts(ms)
      .map((p) => [p.type, p.value]),
  );
  const clock = `${part.hour}:${part.minute}:${part.second}`;
  return withDay ? `${part.month}-${part.day} ${clock}` : clock;
};

/** "07-14 02:41": day and minute, for what is planned. */
export const formatDay = (at: string, timeZone?: string): string => {
  const ms = Date.parse(at);
  if (!Number.isFinite(ms)) return '–';
  const part = Object.fromEntries(
    format(timeZone, true)
      .formatToParts(ms)
      .map((p) => [p.type, p.value]),
  );
  return `${part.month}-${part.day} ${part.hour}:${part.minute}`;
};
