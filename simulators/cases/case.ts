import type { Device, DeviceKind } from '../../src/estate/device.js';
import type { EventName, Priority } from '../../src/kernel/events.js';

/** A device of a case: what matters of it. Building b1, riser r1 and estate e1 unless it says otherwise. */
export interface CaseDevice extends Partial<Omit<Device, 'attributes' | 'kind' | 'id'>> {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly everyS?: number;
  readonly caps?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** One thing that happens, `t` seconds after the beginning. */
export type Moment =
  | {
      readonly t: number;
      readonly device: string;
      readonly values: Readonly<Record<string, unknown>>;
      readonly seq?: number;
      readonly clockOffS?: number;
    }
  | { readonly t: number; readonly device: string; readonly become: Partial<Device> }
  | {
      readonly t: number;
      readonly device: string;
      readonly input: Readonly<Record<string, unknown>> & { readonly type: string };
    };

/** Seconds after the beginning, from and to, both included. */
export type Window = readonly [from: number, to: number];

export interface Play {
  readonly about: string;
  /** Local time at which it begins, `YYYY-MM-DDThh:mm` in Shanghai; missing = Monday 5 January 2026, 10:00. */
  readonly from?: string;
  readonly devices: readonly CaseDevice[];
  readonly moments: readonly Moment[];
  /** How long it is watched, s; missing = two minutes after the last moment. */
  readonly untilS?: number;
}

/** An event as it should be told, and a twin that looks like it and is not. Pure data; played through the real rules. */
export interface DetectionCase extends Play {
  readonly event: EventName;
  readonly raised: Window;
  readonly priority?: Priority;
  /** The readings end it. */
  readonly cleared?: Window;
  /** A person ends it then, and nothing is raised again after that. */
  readonly endedAtS?: number;
  /** Mid-hold, s. */
  readonly restartAtS: number;
  /** A restart starts silence clocks anew: by so much the alarm may come later, s. */
  readonly restartMayDelayS?: number;
  readonly twin: Play;
}

export const say = (t: number, device: string, values: Readonly<Record<string, unknown>>): Moment => ({
  t,
  device,
  values,
});

/** A reading every `everyS` from `from` to `to`, both included. */
export function keep(
  device: string,
  from: number,
  to: number,
  everyS: number,
  values: Readonly<Record<string, unknown>> | ((t: number) => Readonly<Record<string, unknown>>),
): Moment[] {
  const out: Moment[] = [];
  for (let t = from; t <= to; t += everyS) out.push(say(t, device, typeof values === 'function' ? values(t) : values));
  return out;
}

export const HOUR = 3600;
export const DAY = 86_400;
