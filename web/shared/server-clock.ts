import { useEffect, useState } from 'react';
import { Observable } from './observable.js';

/**
 * The server's time as this browser believes it: `Date.now()` plus an offset learnt from heartbeats, so that clocks on
 * a PC that is minutes wrong still show the right time left.
 */
let offsetMs = 0;
const second = new Observable(Math.floor(Date.now() / 1000));

/** Heartbeats travel some milliseconds; only a real difference moves the clock, else seconds would jitter. */
export const learnServerTime = (iso: string): void => {
  const told = Date.parse(iso) - Date.now();
  if (Number.isFinite(told) && Math.abs(told - offsetMs) > 750) offsetMs = told;
};

/** Milliseconds since the epoch, by the server's clock. */
export const serverNow = (): number => Date.now() + offsetMs;

const tick = (): void => {
  second.set(Math.floor(serverNow() / 1000));
  setTimeout(tick, 1000 - (serverNow() % 1000) + 5);
};
let ticking = false;

/** The server's time in ms, whole seconds, renewed every second. */
export const useServerNow = (): number => {
  const [now, setNow] = useState(() => Math.floor(serverNow() / 1000));
  useEffect(() => {
    if (!ticking) {
      ticking = true;
      tick();
    }
    setNow(second.get());
    return second.subscribe(() => setNow(second.get()));
  }, []);
  return now * 1000;
};
