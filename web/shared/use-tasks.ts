import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from './api-error.js';

/** What a task screen shows, fetched anew when `version` changes and every half minute; and what was refused last. */
export function useTasks<T>(load: (() => Promise<T>) | null, version: unknown) {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  const fetchNow = useCallback(async (): Promise<void> => {
    try {
      const got = await latest.current?.();
      if (got !== undefined) setData(got);
    } catch {
      // The screen says by itself that the line is down; the next round tries again.
    }
  }, []);
  useEffect(() => {
    void fetchNow();
    const timer = setInterval(() => void fetchNow(), 30_000);
    return () => clearInterval(timer);
  }, [fetchNow, version]);
  /** Does something and shows what became of it. */
  const run = useCallback(
    async (work: () => Promise<unknown>): Promise<boolean> => {
      setError(null);
      try {
        await work();
        return true;
      } catch (e) {
        setError(e instanceof ApiError ? e.message : '');
        return false;
      } finally {
        await fetchNow();
      }
    },
    [fetchNow],
  );
  return { data, error, run };
}
