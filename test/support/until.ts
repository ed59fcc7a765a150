/** Waits for a condition instead of for a time. @returns the first value that is neither null, undefined nor false */
export async function until<T>(
  what: string,
  ms: number,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  for (const end = performance.now() + ms; ; await pause(20)) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
  }
}

/** For what must *not* happen within a time; where something is awaited, use {@link until}. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
