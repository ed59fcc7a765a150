import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import type { Finding } from '../detector.js';
import { alarmButtonDetector, type AlarmButtonState } from './alarm-button.detector.js';

type Input = Parameters<typeof alarmButtonDetector.step>[1];

/**
 * A test press on its way through the rule that a real one takes, in a state of its own: what it finds raises nothing,
 * and what it leaves behind is forgotten. Of its readings only the press counts: that somebody steps in just now, and the
 * door stands open, is no failure of the alarm path.
 */
export class AlarmPathTrial {
  private state: AlarmButtonState = alarmButtonDetector.initial();

  /** @returns the call for help that the rule would raise; null = not yet */
  reading(device: Device, { alarmButton, fault }: ElevatorValues, now: number): Finding | null {
    const values = { ...(alarmButton === undefined ? {} : { alarmButton }), ...(fault === undefined ? {} : { fault }) };
    return this.step(device, { type: 'reading', values, at: now, observedAt: now }, now);
  }

  tick(device: Device, now: number): Finding | null {
    return this.step(device, { type: 'tick' }, now);
  }

  private step(device: Device, input: Input, now: number): Finding | null {
    const { state, findings } = alarmButtonDetector.step(this.state, input, now, device);
    this.state = state;
    return findings.find((f) => f.kind === 'raise') ?? null;
  }
}

/**
 * What the lift's real rules are told of a test reading, and what is kept of it: everything but the press. The button is
 * then *not told* rather than released: a hand that is on it stays seen.
 */
export function withoutPress({ alarmButton: _press, fault, ...rest }: ElevatorValues): ElevatorValues {
  return fault === undefined || fault === 'alarm-button' ? rest : { ...rest, fault };
}
