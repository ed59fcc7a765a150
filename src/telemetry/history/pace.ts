import { setTimeout as sleep } from 'node:timers/promises';
import type { RightOfWay } from './right-of-way.js';

/** Others have work too: after so many ms at a stretch they get their turn. */
const STRETCH_MS = 4;
/** Longer than this it does not stand back for what is urgent: a transaction is open meanwhile. */
const STANDS_BACK_MS = 50;
const LOOKS_AGAIN_MS = 5;

/**
 * How fast the history is packed. Done at full speed it takes a core for half a second every few seconds, and what it
 * takes then the readings, pages and database of that moment lack. Ordinarily it rests as long as it works, and stands back
 * while a page is on its way.
 */
export class Pace {
  private since = performance.now();

  /** @param hurries it lags behind, or somebody waits for it: no rest */
  constructor(
    public hurries = true,
    private readonly way: Pick<RightOfWay, 'isTaken'> = { isTaken: false },
  ) {}

  begin(): void {
    this.since = performance.now();
  }

  /** To be called every now and then between pieces of work. */
  async breathe(): Promise<void> {
    const worked = performance.now() - this.since;
    if (worked < STRETCH_MS) return;
    await sleep(this.hurries ? 0 : worked);
    const until = performance.now() + STANDS_BACK_MS;
    while (!this.hurries && this.way.isTaken && performance.now() < until) await sleep(LOOKS_AGAIN_MS);
    this.begin();
  }
}
