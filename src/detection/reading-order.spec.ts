import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Device, DeviceKind } from '../estate/device.js';
import type { ValuesByKind } from '../telemetry/reading.js';
import { DEVICE_DETECTORS } from './device-detectors.js';
import type { Detector, DetectorInput, Finding } from './detector.js';
import { DeviceRuntime } from './device-runtime.js';
import { fakeDevice, START } from './device/fake-engine.js';
import { boarding, trapped } from './elevator/fake-lift.js';
import { ReadingOrder, REORDERED_WITHIN_MS } from './reading-order.js';

interface Made {
  readonly values: ValuesByKind[DeviceKind];
  /** When the device made it, ms from the start; its number is its index. */
  readonly t: number;
  /** How long it was on its way, ms. */
  readonly late: number;
}

/** A device whose readings arrive when they arrive, and the engine around its rules. */
class Line {
  readonly found: Finding[] = [];
  readonly runtime: DeviceRuntime;
  private readonly order: ReadingOrder;

  constructor(device: Device, detectors: readonly Detector[]) {
    this.runtime = new DeviceRuntime(device, detectors, undefined);
    this.order = new ReadingOrder(this.runtime);
  }

  play(made: readonly Made[], numbered: boolean, until: number): this {
    const arriving = made.map((m, seq) => ({ ...m, seq })).sort((a, b) => a.t + a.late - (b.t + b.late));
    for (const { values, t, late, seq } of arriving) {
      const now = START + t + late;
      this.tick(now - 1);
      const input = { type: 'reading', values, at: now, observedAt: START + t } as const;
      this.found.push(...this.order.reading(input, numbered ? seq : undefined, now).findings);
    }
    this.tick(START + until);
    return this;
  }

  private tick(until: number): void {
    while (this.runtime.isDue(until)) {
      this.found.push(...this.order.input({ type: 'tick' }, Math.max(this.runtime.nextDue, this.runtime.graceUntil)));
    }
  }

  /** What is known at the end: events whose condition holds. */
  get open(): string[] {
    const last = new Map(this.found.map((f) => [f.event, f.kind]));
    return [...last].flatMap(([event, kind]) => (kind === 'clear' ? [] : [event])).sort();
  }
}

const values = fc.record(
  {
    floor: fc.integer({ min: 1, max: 3 }),
    speedMps: fc.constantFrom(0, 0, 0, 1.5),
    doorZone: fc.boolean(),
    door: fc.constantFrom('closed', 'closed', 'opening', 'open'),
    peopleInCar: fc.boolean(),
    alarmButton: fc.boolean(),
    position: fc.constantFrom('open', 'open', 'closed', 'moving'),
    access: fc.constantFrom('granted', 'duress'),
    wet: fc.boolean(),
    volumeM3: fc.integer({ min: 0, max: 60 }).map((litres) => litres / 1000),
  },
  { requiredKeys: [] },
);
const moments = fc.array(
  fc.record({
    values,
    gapMs: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 90_000 })),
    // A reading that took exactly as long as the next one is not overtaken: half milliseconds make no ties.
    late: fc.constantFrom(0, 0, 0, 0.5, 700.5, 1900.5, 4900.5),
  }),
  { minLength: 2, maxLength: 25 },
);
type Moments = typeof moments extends fc.Arbitrary<infer M> ? M : never;
function madeOf(list: Moments): { made: Made[]; until: number } {
  let t = 0;
  const made = list.map((m) => ({ values: m.values as ValuesByKind[DeviceKind], t: (t += m.gapMs), late: m.late }));
  return { made, until: t + 200_000 };
}
/** Whom another reading overtook arrives where it belongs; the others arrive as they were made. */
const onlyOvertakenAreLate = (made: readonly Made[]): Made[] =>
  made.map((m, i) => ({
    ...m,
    late: made.some((n, j) => j > i && n.t + n.late < m.t + m.late) && m.late <= REORDERED_WITHIN_MS ? m.late : 0,
  }));
const onTime = (made: readonly Made[]): Made[] => made.map((m) => ({ ...m, late: 0 }));

const device = (kind: DeviceKind): Device =>
  fakeDevice(kind, {
    unit: 'u1',
    occupancy: 'vacant',
    hasSpoken: true,
    attributes: { expectedIntervalS: 60, capabilities: kind === 'elevator' ? ['peopleInCar', 'door-events'] : [] },
  });

/** One after the other: a reading whose overtaker is late itself is not told from one that is on time. */
function settle(made: readonly Made[]): Made[] {
  let list = [...made];
  for (let round = 0; round < made.length; round++) {
    const next = onlyOvertakenAreLate(list);
    if (next.every((m, i) => m.late === list[i]?.late)) return next;
    list = next;
  }
  return list;
}

describe.each(DEVICE_DETECTORS.map((d) => [d.id, d] as const))(
  '%s, readings overtaking each other within 5 s',
  (_, d) => {
    it.each([
      ['numbered', true],
      ['not numbered', false],
    ])('concludes what it concludes in order (%s)', (__, numbered) => {
      fc.assert(
        fc.property(moments, (list) => {
          const { made, until } = madeOf(list);
          const late = settle(made);
          const kind = d.kinds[0] ?? 'generic';
          const inOrder = new Line(device(kind), [d]).play(onTime(late), numbered, until);
          const overtaken = new Line(device(kind), [d]).play(late, numbered, until);
          expect(overtaken.runtime.states).toEqual(inOrder.runtime.states);
          expect(overtaken.open).toEqual(inOrder.open);
        }),
        { numRuns: 120 },
      );
    });
  },
);

describe('an overtaken reading', () => {
  const at = (t: number, v: ValuesByKind['elevator'], late = 0): Made => ({ values: v, t, late });
  const lift = () =>
    new Line(
      device('elevator'),
      DEVICE_DETECTORS.filter((d) => d.kinds.includes('elevator')),
    );
  const stories = (l: Line): string[] => l.found.map((f) => `${f.kind} ${f.event}`);

  it('that shows the door open is no entrapment, though it came after the door had closed again', () => {
    const opened = { ...boarding(), doorZone: true, door: 'open', peopleInCar: false } as const;
    const play = [
      ...[at(0, boarding()), at(1000, trapped({ doorZone: true }))],
      ...[at(2000, opened), at(12_500, opened, 1500), at(13_000, trapped({ doorZone: true, peopleInCar: false }))],
    ];
    expect(stories(lift().play(play, true, 100_000))).toEqual([]);
  });

  it('that is a duress code is told', () => {
    const gate = new Line(
      device('gate'),
      DEVICE_DETECTORS.filter((d) => d.kinds.includes('gate')),
    );
    gate.play(
      [
        at(0, {}),
        { values: { access: 'duress' }, t: 1000, late: 2000 },
        { values: { access: 'granted' }, t: 1500, late: 0 },
      ],
      true,
      3500,
    );
    expect(stories(gate)).toEqual(['raise gate.duress', 'clear gate.duress']);
  });

  it('is told in its turn, not at its place, when its number says that the clock was set', () => {
    const told: number[] = [];
    const noting = {
      ...DEVICE_DETECTORS[0],
      step: (s: unknown, i: { observedAt?: number }) => {
        told.push((i.observedAt ?? 0) - START);
        return { state: s, findings: [], deadline: null };
      },
    } as unknown as Detector;
    const order = new ReadingOrder(new DeviceRuntime(device('elevator'), [noting], undefined));
    const say = (observedAt: number, seq: number, now: number): void =>
      void order.reading(
        { type: 'reading', values: {}, at: START + now, observedAt: START + observedAt },
        seq,
        START + now,
      );
    say(1000, 1, 1000);
    say(5000, 2, 5000);
    say(3000, 3, 6000);
    expect(told).toEqual([1000, 5000, 3000]);
    // A count that begins anew at a later time is no older either, and what comes more than 5 s later is as it comes.
    say(6500, 0, 6500);
    say(4000, 1, 12_000);
    expect(told).toEqual([1000, 5000, 3000, 6500, 4000]);
  });
});

describe('numbers that are left out', () => {
  const marks: string[] = [];
  const noting = {
    ...DEVICE_DETECTORS[0],
    step: (state: unknown, i: DetectorInput) => {
      if (i.type === 'reading')
        marks.push(
          `${i.observedAt - START}${i.leftOutMs === undefined ? '' : ` after a gap of ${i.leftOutMs / 1000} s`}`,
        );
      return { state, findings: [], deadline: null };
    },
  } as unknown as Detector;
  const told = (
    ...said: readonly (readonly [seq: number | undefined, observedAt: number, now: number])[]
  ): string[] => {
    marks.length = 0;
    const order = new ReadingOrder(new DeviceRuntime(fakeDevice('elevator'), [noting], undefined));
    for (const [seq, observedAt, now] of said) {
      const at = START + now;
      order.reading({ type: 'reading', values: {}, at, observedAt: START + observedAt }, seq, at);
    }
    return [...marks];
  };

  it('mark the reading after them, and no other', () => {
    expect(told([1, 0, 0], [2, 1000, 1000], [5, 2000, 2000], [6, 3000, 3000], [7, 20_000, 20_000])).toEqual([
      ...['0', '1000', '2000 after a gap of 1 s', '3000', '20000'],
    ]);
  });

  it('are taken back when they come within 5 s', () => {
    expect(told([1, 0, 0], [3, 2000, 2000], [2, 1000, 3000], [4, 4000, 4000])).toEqual([
      ...['0', '2000 after a gap of 2 s', '1000', '2000', '4000'],
    ]);
  });

  it('are none where the count begins anew, where none is kept, and where a reading comes much too late', () => {
    expect(told([41, 0, 0], [0, 9000, 9000], [1, 10_000, 10_000])).toEqual(['0', '9000', '10000']);
    expect(told([undefined, 0, 0], [undefined, 9000, 9000])).toEqual(['0', '9000']);
    expect(told([5, 0, 0], [7, 1000, 1000], [6, 500, 20_000], [8, 21_000, 21_000])).toEqual([
      ...['0', '1000 after a gap of 1 s', '500', '21000'],
    ]);
  });
});

describe('elements of a stored upload', () => {
  const order = () => new ReadingOrder(new DeviceRuntime(fakeDevice('elevator'), [], undefined));
  const live = (o: ReadingOrder, observedAt: number, now: number): void =>
    void o.reading(
      { type: 'reading', values: {}, at: START + now, observedAt: START + observedAt },
      undefined,
      START + now,
    );

  it('happened when the device says, as long as nothing is known of its clock', () => {
    expect(order().placeOf(START - 5000, START)).toBe(START - 5000);
    const right = order();
    live(right, 1000, 1040);
    expect(right.placeOf(START - 5000, START + 2000)).toBe(START - 4960);
  });

  it('happened as much later as its clock is slow, but never later than now', () => {
    const slow = order();
    live(slow, -169_000, 200);
    live(slow, -168_000, 1000);
    expect(slow.placeOf(START - 167_000, START + 5000)).toBe(START + 2000);
    expect(slow.placeOf(START - 60_000, START + 5000)).toBe(START + 5000);
  });

  it('a reading that comes late says little of the clock', () => {
    const o = order();
    live(o, 0, 50);
    live(o, 1000, 61_000);
    expect(o.placeOf(START + 50_000, START + 90_000)).toBe(START + 51_050);
  });
});
