import { setTimeout as sleep } from 'node:timers/promises';

/** Others have work too: after so many ms at a stretch they get their turn. */
const STRETCH_MS = 4;

/**
 * How fast the history is packed. Done at full speed it takes a core for half a second every few seconds, and what it
 * takes then the readings, pages and database of that moment lack. Ordinarily it rests as long as it works.
 */
export class Pace {
  private since = performance.now();

  /** @param hurries it lags behind, or somebody waits for it: no rest */
  constructor(public hurries = true) {}

  begin(): void {
    this.since = performance.now();
  }

  /** To be called every now and then between pieces of work. */
  async breathe(): Promise<void> {
    const worked = performance.now() - this.since;
    if (worked < STRETCH_MS) return;
    await sleep(this.hurries ? 0 : worked);
    this.begin();
  }
}
