import { describe, expect, it } from '@jest/globals';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { detectorsFor } from '../device-detectors.js';
import { DeviceRuntime } from '../device-runtime.js';
import { START } from '../device/fake-engine.js';
import { eventLift } from './fake-lift.js';

/** What all rules of a lift say together to one scene; each of them sees every reading, one a second. */
class Scene {
  private now = START;
  private readonly said: string[] = [];
  private readonly runtime = new DeviceRuntime(
    eventLift({
      hasSpoken: true,
      attributes: {
        expectedIntervalS: 1,
        capabilities: [],
        terminalFloors: [1, 18],
        parksOpenAt: [1],
      },
    }),
    detectorsFor('elevator'),
    undefined,
  );

  play(s: number, v: ElevatorValues): this {
    const values: ElevatorValues = {
      mode: 'normal',
      floor: 3,
      direction: 'none',
      speedMps: 0,
      doorZone: true,
      door: 'closed',
      peopleInCar: false,
      alarmButton: false,
      mainsPower: true,
      // The door contacts are part of the circuit.
      safetyCircuitClosed: v.door === undefined || v.door === 'closed' || v.door === 'locked',
      ebikeInCar: false,
      pitWater: false,
      ...v,
    };
    for (let i = 0; i < s; i++) {
      this.hear(this.runtime.step({ type: 'reading', values, at: this.now, observedAt: this.now }, this.now));
      const until = this.now + 1000;
      while (this.runtime.nextDue <= until) {
        const due = Math.max(this.now, this.runtime.nextDue);
        this.hear(this.runtime.step({ type: 'tick' }, due));
      }
      this.now = until;
    }
    return this;
  }

  /** A stop with people getting in or out, and a ride to the next. */
  ride(floor: number, people: boolean, over: ElevatorValues = {}): this {
    return this.play(2, { floor, door: 'opening', peopleInCar: true, ...over })
      .play(6, { floor, door: 'open', peopleInCar: people, ...over })
      .play(2, { floor, door: 'closing', peopleInCar: people, ...over })
      .play(2, { floor, peopleInCar: people, ...over })
      .play(12, { floor, speedMps: 1.6, direction: 'up', doorZone: false, peopleInCar: people, ...over });
  }

  private hear(findings: ReturnType<DeviceRuntime['step']>): void {
    for (const f of findings) this.said.push(`${f.kind} ${f.event}`);
  }

  get raised(): string[] {
    return this.said.filter((s) => s.startsWith('raise ')).map((s) => s.slice(6));
  }
}

describe('what must ring', () => {
  it('a car that stops between floors with people inside', () => {
    const e = new Scene().ride(3, true).play(60, { doorZone: false, floor: 4, peopleInCar: true });
    expect(e.raised).toEqual(['elevator.entrapment-between-floors']);
  });

  it('the same in a blackout that drops presence, speed and the circuit with the mains', () => {
    const dark = { mainsPower: false, peopleInCar: false, safetyCircuitClosed: false, doorZone: false, floor: 4 };
    expect(new Scene().ride(3, true).play(60, dark).raised.sort()).toEqual([
      'elevator.entrapment-between-floors',
      'elevator.power-lost',
      'elevator.safety-circuit',
    ]);
  });

  it('people shut in before the technician took the car to inspection', () => {
    const stand = { doorZone: false, floor: 4, peopleInCar: true };
    const e = new Scene()
      .ride(3, true)
      .play(10, stand)
      .play(60, { ...stand, mode: 'inspection' });
    expect(e.raised).toEqual(['elevator.entrapment-between-floors']);
  });
});

describe('what must not', () => {
  it('a busy day: rides, stops, still people, contacts that open the circuit at each stop', () => {
    const e = new Scene();
    for (let i = 0; i < 150; i++) e.ride(1 + (i % 17), i % 3 !== 0);
    expect(e.raised).toEqual([]);
  });

  it('relevelling with the door open while people get in', () => {
    const e = new Scene();
    for (let i = 0; i < 30; i++)
      e.play(6, { door: 'open', peopleInCar: true, speedMps: i % 2 ? 0.1 : 0 }).ride(3, i % 4 > 0);
    expect(e.raised).toEqual([]);
  });

  it('a technician in the car in inspection, creeping between floors with the circuit open', () => {
    const work = { mode: 'inspection', peopleInCar: true, doorZone: false } as const;
    const e = new Scene().play(20, { mode: 'inspection', door: 'open', peopleInCar: true });
    for (let i = 0; i < 20; i++)
      e.play(40, { ...work, safetyCircuitClosed: false }).play(15, { ...work, speedMps: 0.3, direction: 'up' });
    expect(e.raised).toEqual([]);
  });

  it('a cleaner who holds the door for a minute, with a bucket in the way', () => {
    const e = new Scene();
    for (let i = 0; i < 10; i++)
      e.play(30, { door: 'open', peopleInCar: true, fault: 'door-blocked' })
        .play(30, { door: 'open', peopleInCar: false })
        .ride(3, true);
    expect(e.raised).toEqual([]);
  });

  it('a child that presses the alarm button at a landing', () => {
    const e = new Scene();
    for (let i = 0; i < 20; i++) e.play(1, { door: 'open', peopleInCar: true, alarmButton: i % 2 === 0 });
    expect(e.ride(3, true).raised).toEqual([]);
  });

  it('a car that waits downstairs with its door open, for hours', () => {
    expect(new Scene().ride(5, false).play(7200, { floor: 1, door: 'open' }).raised).toEqual([]);
  });

  it('a fire test: the run down, the door open on the ground floor; the building says it, not the car', () => {
    const e = new Scene().ride(8, false).play(15, { mode: 'fire-return', speedMps: 1.6, doorZone: false });
    expect(e.play(1800, { mode: 'fire-return', floor: 1, door: 'open' }).ride(1, true).raised).toEqual([]);
  });

  it('an earthquake run: only the earthquake itself', () => {
    const e = new Scene()
      .ride(8, true)
      .play(6, { mode: 'earthquake', speedMps: 0.6, doorZone: false, peopleInCar: true });
    e.play(5, { mode: 'earthquake', floor: 9, door: 'open', peopleInCar: true });
    expect(e.play(900, { mode: 'earthquake', floor: 9, door: 'open' }).raised).toEqual(['elevator.earthquake']);
  });

  it('a bicycle that is taken out again', () => {
    const e = new Scene().play(10, { door: 'open', peopleInCar: true, ebikeInCar: true });
    expect(e.play(10, { door: 'open', peopleInCar: true }).ride(3, true).raised).toEqual([]);
  });
});
