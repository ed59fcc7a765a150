import type { Device, DeviceKind } from '../../estate/device.js';
import type { Detector, DetectorInput, Finding, Fitness, Step } from '../detector.js';
import { FIT } from '../detector.js';

/** One step that changed what a rule remembers, or made it say something. */
export interface TraceLine {
  /** Model ms. */
  readonly at: number;
  readonly device: string;
  readonly rule: string;
  /** `reading`, `tick`, `resumed` … */
  readonly input: string;
  /** What the reading said. */
  readonly values: Readonly<Record<string, unknown>> | null;
  readonly from: unknown;
  readonly to: unknown;
  readonly findings: readonly Finding[];
  /** When it asked to be woken, model ms. */
  readonly deadline: number | null;
}

/** How a rule stands at the end: why nothing rang. */
export interface RuleStanding {
  readonly device: string;
  readonly rule: string;
  readonly events: readonly string[];
  readonly fitness: Fitness;
  readonly state: unknown;
  readonly deadline: number | null;
  /** Steps that it was asked for, and those that changed its state. */
  readonly steps: number;
  readonly changes: number;
  readonly raised: number;
}

/** Listens to the rules of one device without touching them. */
export class Trace {
  readonly lines: TraceLine[] = [];
  private readonly standings: (() => RuleStanding)[] = [];

  /** @param from nothing before is kept, model ms */
  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  /** The same rules, overheard. */
  overhear(rules: readonly Detector[], device: Device): Detector[] {
    return rules.map((rule) => this.overheard(rule, device));
  }

  standing(): RuleStanding[] {
    return this.standings.map((s) => s());
  }

  private overheard(rule: Detector, device: Device): Detector {
    let state: unknown = rule.initial();
    let deadline: number | null = null;
    let steps = 0;
    let changes = 0;
    let raised = 0;
    this.standings.push(() => ({
      device: device.id,
      rule: rule.id,
      events: rule.events,
      fitness: rule.fitness?.(device, state) ?? FIT,
      state,
      deadline,
      steps,
      changes,
      raised,
    }));
    const step = (before: unknown, input: DetectorInput<DeviceKind>, now: number, d: Device): Step<unknown> => {
      const result = rule.step(before, input, now, d);
      if (now >= this.from && now < this.to) {
        steps++;
        const changed = result.state !== before;
        if (changed) changes++;
        for (const f of result.findings) if (f.kind === 'raise') raised++;
        if (changed || result.findings.length > 0) {
          this.lines.push({
            at: now,
            device: d.id,
            rule: rule.id,
            input: inputName(input),
            values: input.type === 'reading' ? { ...input.values } : null,
            from: before,
            to: result.state,
            findings: result.findings,
            deadline: result.deadline,
          });
        }
      }
      if (now < this.to) ({ state, deadline } = result);
      return result;
    };
    return { ...rule, initial: () => rule.initial(), step };
  }
}

function inputName(input: DetectorInput): string {
  switch (input.type) {
    case 'alarm-ended':
      return `a person ended ${input.event}`;
    case 'building-power':
      return input.lost ? 'the building lost its power' : 'the building has power again';
    case 'building-comms':
      return input.lost ? 'the building fell out of contact' : 'the building is in contact again';
    case 'tick':
      return 'time';
    default:
      return input.type;
  }
}
