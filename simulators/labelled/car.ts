import { inDoorZone, nearestLanding } from '../elevator/lift-values.js';
import type { LiftProfile } from '../elevator/lift-profile.js';
import type { Passenger } from '../elevator/lift-state.js';
import { brakingAt, motionAt, standstillOf, type Braking, type Motion, type Travel } from '../elevator/travel.js';
import type { ElevatorValues } from '../../src/telemetry/reading.js';

/**
 * What is really so in and around one car. Labels are made from this; no value here has passed a sensor. Changed in
 * place: hundreds of thousands of lift-hours go through it.
 */
export class Car {
  mode: NonNullable<ElevatorValues['mode']> = 'normal';
  door: 'closed' | 'opening' | 'open' | 'closing' = 'closed';
  mains = true;
  button = false;
  direction: 'up' | 'down' | 'none' = 'none';
  /** People who want to get somewhere. */
  riders: readonly Passenger[] = [];
  /** Technicians, cleaners, fire-fighters: a sensor sees them, but nobody has to free them. */
  staff = 0;
  /** Calls on the panel that nobody aboard wants (children). */
  idleCalls = 0;
  /** Mean seconds between movements that a motion sensor sees: a few when people stand, minutes when they sit still. */
  fidgetS = 6;
  private course: Travel | Braking | null = null;

  constructor(
    readonly profile: LiftProfile,
    public at: number,
    private restM: number,
  ) {}

  get people(): number {
    return this.riders.length + this.staff;
  }
  get moving(): boolean {
    return this.course !== null;
  }

  motion(): Motion {
    const c = this.course;
    if (c === null) return { positionM: this.restM, speedMps: 0 };
    return 'toM' in c ? motionAt(c, this.at) : brakingAt(c, this.at);
  }
  get landing(): number {
    return nearestLanding(this.profile, this.motion().positionM);
  }
  get level(): boolean {
    return inDoorZone(this.profile, this.motion().positionM);
  }
  /** Somebody inside could walk out. */
  get openAtLanding(): boolean {
    return this.door === 'open' && this.level;
  }

  depart(toM: number, limitMps = this.profile.ratedSpeedMps): Travel {
    const { positionM } = this.motion();
    this.direction = toM > positionM ? 'up' : 'down';
    const accelerationMps2 = this.profile.accelerationMps2;
    const travel = { startedAt: this.at, fromM: positionM, toM, limitMps, accelerationMps2 };
    this.course = travel;
    return travel;
  }

  /** @returns when it stands, ms */
  brake(): number {
    const { positionM, speedMps } = this.motion();
    // An emergency stop is harder than an ordinary one.
    const braking = { startedAt: this.at, fromM: positionM, speedMps, decelerationMps2: 1.5 };
    this.course = braking;
    return standstillOf(braking);
  }

  rest(): void {
    const { positionM } = this.motion();
    this.restM = positionM;
    this.course = null;
    this.direction = 'none';
  }

  /** Ropes stretch, people jump: some centimetres without a travel. */
  bounce(byM: number): void {
    this.restM += byM;
  }
}
