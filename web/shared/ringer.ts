import type { PageEvent } from '../../src/gateway/views.js';
import { Observable } from './observable.js';
import { safeStorage } from './safe-storage.js';

const KEY = 'steward.sound';
/** P1 repeats until it is seen. */
const REPEAT_MS = 10_000;
/** Two rising tones for P1, one for P2, none below (frequency Hz, start s). */
const TONES: Record<string, readonly (readonly [number, number])[]> = {
  P1: [
    [660, 0],
    [990, 0.28],
  ],
  P2: [[660, 0]],
};
const TONE_S = 0.24;

/** Sounds pages. A browser keeps sound locked until the page was touched once: `state` says `blocked`, and shows. */
export class Ringer {
  readonly state: Observable<'on' | 'off' | 'blocked'>;
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private asking: ReturnType<typeof setInterval> | null = null;
  private readonly rung = new Set<string>();
  private readonly life = new AbortController();

  /** `alsoRing`: e.g. vibration; called with each sounding, also when the sound is off. */
  constructor(private readonly alsoRing: (priority: string) => void = () => undefined) {
    this.state = new Observable(safeStorage.get(KEY) === 'off' ? 'off' : 'blocked');
    const unlock = (): void => void this.unlock();
    for (const event of ['pointerdown', 'keydown'])
      addEventListener(event, unlock, { capture: true, signal: this.life.signal });
    void this.unlock();
  }

  stop(): void {
    this.ringFor([]);
    this.ask(false);
    this.life.abort();
    void this.context?.close();
    this.context = null;
  }

  toggle(): void {
    const on = this.state.get() === 'off';
    safeStorage.set(KEY, on ? 'on' : 'off');
    this.state.set(on ? 'blocked' : 'off');
    if (on) void this.unlock();
  }

  async test(): Promise<void> {
    await this.unlock();
    this.sound('P1');
  }

  /** Rings for exactly these pages: a new one at once, P1 again every 10 s while any is left. */
  ringFor(pages: readonly PageEvent[]): void {
    const fresh = pages.filter((p) => !this.rung.has(p.pageId));
    for (const page of fresh) this.rung.add(page.pageId);
    if (fresh.length > 0) this.ring(fresh.some((p) => p.priority === 'P1') ? 'P1' : (fresh[0]?.priority ?? 'P4'));
    const again = pages.some((p) => p.priority === 'P1');
    if (again) this.timer ??= setInterval(() => this.ring('P1'), REPEAT_MS);
    else if (this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  /** Somebody is asked whether he is still on it: like a P1, until it is answered. */
  ask(on: boolean): void {
    if (on && this.asking === null) {
      this.ring('P1');
      this.asking = setInterval(() => this.ring('P1'), REPEAT_MS);
    } else if (!on && this.asking !== null) {
      clearInterval(this.asking);
      this.asking = null;
    }
  }

  private ring(priority: string): void {
    this.alsoRing(priority);
    if (this.state.get() !== 'off') this.sound(priority);
  }

  private async unlock(): Promise<void> {
    try {
      this.context ??= new AudioContext();
      if (this.context.state !== 'running')
        await Promise.race([this.context.resume(), new Promise((r) => setTimeout(r, 300))]);
    } catch {
      // No sound device: the state stays `blocked`, which the page shows.
    }
    if (this.state.get() !== 'off') this.state.set(this.context?.state === 'running' ? 'on' : 'blocked');
  }

  private sound(priority: string): void {
    const context = this.context;
    if (!context || context.state !== 'running') return;
    for (const [hz, from] of TONES[priority] ?? []) {
      const at = context.currentTime + from;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.type = 'triangle';
      tone.frequency.value = hz;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.6, at + 0.02);
      gain.gain.setValueAtTime(0.6, at + TONE_S - 0.04);
      gain.gain.linearRampToValueAtTime(0, at + TONE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + TONE_S);
    }
  }
}
