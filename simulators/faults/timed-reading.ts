/** A message on its way from the device to the broker. Times are wall milliseconds. */
export interface TimedReading {
  /** When it leaves the device. */
  readonly dueAt: number;
  readonly observedAt: number;
  readonly seq: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** What is sent instead of JSON of the above, when something garbled it. */
  readonly raw?: string;
}

export const payloadOf = (r: TimedReading): string =>
  r.raw ?? JSON.stringify({ observedAt: new Date(r.observedAt).toISOString(), seq: r.seq, ...r.values });
