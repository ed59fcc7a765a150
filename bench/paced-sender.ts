/** The clock and the timer of a sender, so that a test can turn them. `now` in ms, monotonic. */
export interface Pace {
  now(): number;
  /** Calls back soon, about a millisecond later. */
  soon(callback: () => void): void;
}

export const REAL_PACE: Pace = {
  now: () => performance.now(),
  soon: (callback) => void setTimeout(callback, 1),
};

/**
 * Open loop: the i-th message is due at i / rate, whatever has been answered. What is late is sent at once with its
 * due time, so that a stall of the service or of this process shows in the latencies instead of hiding in a lower rate.
 * @param rate     messages per second
 * @param send     called with the number of the message and the time at which it was due
 * @returns how many were sent, when all are
 */
export function sendPaced(
  rate: number,
  durationMs: number,
  send: (index: number, due: number) => void,
  pace: Pace = REAL_PACE,
): Promise<number> {
  const total = Math.floor((rate * durationMs) / 1000);
  const begun = pace.now();
  let sent = 0;
  return new Promise((resolve) => {
    const turn = (): void => {
      const due = Math.min(total, Math.floor(((pace.now() - begun) * rate) / 1000) + 1);
      for (; sent < due; sent++) send(sent, begun + (sent * 1000) / rate);
      if (sent < total) pace.soon(turn);
      else resolve(sent);
    };
    turn();
  });
}
