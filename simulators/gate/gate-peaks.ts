/** Traffic through a gate by local hour, as a multiple of an ordinary hour: peaks at 07:00–09:00 and 17:00–19:30. */
const BY_HOUR = [
  0.1, 0.05, 0.05, 0.05, 0.1, 0.4, 1.2, 3, 3, 1.3, 1, 1, 1.2, 1, 0.9, 0.9, 1.2, 3, 3, 2, 1.3, 1, 0.7, 0.3,
] as const;

export const gateTraffic = (at: number, utcOffsetHours: number): number =>
  BY_HOUR[Math.floor((((at / 3_600_000 + utcOffsetHours) % 24) + 24) % 24)] ?? 1;
