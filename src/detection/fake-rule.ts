import type { Finding, Step } from './detector.js';

/** Any steady instant will do; not 0, so that a forgotten time shows. */
export const START = Date.UTC(2026, 0, 5, 2, 0, 0);

interface Told {
  /** Seconds since the start of the play. */
  readonly t: number;
  readonly finding: Finding;
}

/** A rule asks for another wake-up at once, again and again: a defect of the rule. */
const MOST_TICKS = 10_000;

/**
 * Plays one rule as the engine does: ticks at the deadlines that it asked for, a restart through JSON. For specs; time
 * moves only when told.
 */
export abstract class FakeRule<S, I> {
  now = START;
  readonly told: Told[] = [];
  /** What the device was asked to do, and when. */
  readonly asked: { readonly t: number; readonly command: string }[] = [];
  /** How often the state became another object that is to be saved with its batch: what the real engine would write. */
  saves = 0;
  state: S;
  protected lastStepAt = 0;
  private deadline: number | null = null;

  protected constructor(
    private readonly id: string,
    initial: S,
  ) {
    this.state = initial;
  }

  protected abstract step(input: I | { type: 'tick' } | { type: 'resumed' }, now: number): Step<S>;

  input(input: I | { type: 'tick' } | { type: 'resumed' }, now = this.now): this {
    this.lastStepAt = now;
    const step = this.step(input, now);
    if (step.state !== this.state && step.save !== 'later') this.saves++;
    this.state = step.state;
    this.deadline = step.deadline;
    for (const finding of step.findings) this.told.push({ t: (now - START) / 1000, finding });
    for (const { command } of step.asks ?? []) this.asked.push({ t: (now - START) / 1000, command });
    return this;
  }

  advance(seconds: number): this {
    const until = this.now + seconds * 1000;
    for (let ticks = 0; this.deadline !== null && this.deadline <= until; ticks++) {
      if (ticks > MOST_TICKS) throw new Error(`${this.id} asks for ticks without end`);
      this.now = Math.max(this.now, this.deadline);
      this.input({ type: 'tick' });
    }
    this.now = until;
    return this;
  }

  /** The process dies and comes back `awayS` seconds later: only JSON survives. */
  restart(awayS = 0): this {
    this.deadline = null;
    this.now += awayS * 1000;
    this.state = JSON.parse(JSON.stringify(this.state)) as S;
    return this.input({ type: 'resumed' });
  }

  /** `raise elevator.alarm-button @3` and so on, in order. */
  get story(): string[] {
    return this.told.map(({ t, finding }) => `${finding.kind} ${finding.event} @${t}`);
  }

  get last(): Finding | undefined {
    return this.told.at(-1)?.finding;
  }
}
