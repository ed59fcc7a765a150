import { describe, expect, it } from '@jest/globals';
import type { Detector, DeviceAsk } from '../detector.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { entrapmentDetector, type EntrapmentState } from './entrapment.detector.js';
import { boarding, eventLift, openEmpty, parked, running, trapped } from './fake-lift.js';

const BETWEEN = 'elevator.entrapment-between-floors';
const AT_LEVEL = 'elevator.entrapment-at-level';
const lift = (device = eventLift()) => new FakeEngine(entrapmentDetector, device);
const coded = (fault: 'entrapment-at-level' | 'entrapment-between-floors' | 'none', over = {}) =>
  parked({ fault, faultCode: '93', ...over });

describe('an entrapment by the lift’s own code', () => {
  it.each([
    ['entrapment-at-level', AT_LEVEL],
    ['entrapment-between-floors', BETWEEN],
  ] as const)('%s raises at once, once, with the code as evidence', (fault, event) => {
    const e = lift().stream(parked(), 3).stream(coded(fault), 200);
    expect(e.story).toEqual([`raise ${event} @3`]);
    expect(e.last?.evidence).toMatchObject({ byCode: true, faultCode: '93' });
  });

  it('needs no occupancy, and no mode silences it', () => {
    expect(lift().reading({ fault: 'entrapment-at-level' }).story).toEqual([`raise ${AT_LEVEL} @0`]);
    expect(lift().reading(coded('entrapment-at-level', { mode: 'inspection' })).story).toHaveLength(1);
  });

  it('is the same emergency as the hold’s, whichever comes first', () => {
    const e = lift().reading(boarding()).advance(1).stream(trapped(), 35);
    expect(e.stream(trapped({ fault: 'entrapment-between-floors' }), 60).story).toEqual([`raise ${BETWEEN} @31`]);
    const first = lift()
      .reading(boarding())
      .advance(1)
      .stream(trapped({ fault: 'entrapment-between-floors' }), 100);
    expect(first.story).toEqual([`raise ${BETWEEN} @1`]);
  });

  it('clears at a full opening at a landing; what the lift latches until its reset pages nobody again', () => {
    const e = lift().stream(coded('entrapment-at-level'), 30);
    e.stream(openEmpty({ fault: 'entrapment-at-level' }), 20).stream(coded('entrapment-at-level'), 600);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @0`, `clear ${AT_LEVEL} @30`]);
  });

  it('clears when the lift takes it back, unless people are seen standing shut in', () => {
    expect(lift().stream(coded('entrapment-at-level'), 30).stream(coded('none'), 5).story[1]).toBe(
      `clear ${AT_LEVEL} @30`,
    );
    const e = lift().reading(boarding()).advance(1);
    e.stream(trapped({ fault: 'entrapment-between-floors' }), 5).stream(trapped({ fault: 'none' }), 60);
    expect(e.story).toEqual([`raise ${BETWEEN} @1`]);
  });

  it('a new one after the rescue raises anew; one that was told once is not asked about again', () => {
    const e = lift().reading(coded('entrapment-at-level')).advance(20).end(AT_LEVEL).stream(parked(), 300);
    expect(e.story).toHaveLength(1);
    expect(e.reading(coded('entrapment-at-level')).story[1]).toBe(`raise ${AT_LEVEL} @320`);
    expect(e.last?.paging).toBeUndefined();
  });

  it('one that goes on being told 120 s after a person ended it is the coordinator’s first', () => {
    const e = lift().stream(coded('entrapment-at-level'), 10).end(AT_LEVEL).stream(coded('entrapment-at-level'), 125);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @0`, `raise ${AT_LEVEL} @130`]);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('"stopped outside the door zone" says where the car is, where no door zone is sent', () => {
    const stopped = trapped({ doorZone: undefined, fault: 'stopped-outside-door-zone' });
    expect(lift().reading(boarding()).advance(1).stream(stopped, 60).story).toEqual([`raise ${BETWEEN} @31`]);
  });

  it('a hold of the release before, whose state knew no codes, is kept', () => {
    const e = lift().reading(boarding()).advance(1).stream(trapped(), 20);
    const { coded: _coded, byCode: _byCode, announcedAt: _announcedAt, ...old } = e.state;
    e.state = old as EntrapmentState;
    expect(e.restart().stream(trapped(), 60).story).toEqual([`raise ${BETWEEN} @31`]);
  });
});

describe('the announcement', () => {
  const listening = () => {
    const asked: DeviceAsk[] = [];
    const times: number[] = [];
    const detector: Detector<EntrapmentState, 'elevator'> = {
      ...entrapmentDetector,
      step: (...given) => {
        const step = entrapmentDetector.step(...given);
        for (const ask of step.asks ?? []) {
          asked.push(ask);
          times.push((given[2] - start) / 1000);
        }
        return step;
      },
    };
    const e = new FakeEngine(detector, eventLift()).reading(boarding()).advance(1);
    const start = e.now;
    return { e, asked, times };
  };
  const shut = (over = {}) => parked({ peopleInCar: true, ...over });

  it('is asked for once, 45 s after the stop at a landing, and never waited for', () => {
    const { e, asked, times } = listening();
    e.stream(shut(), 200);
    expect(times).toEqual([45]);
    expect(asked[0]?.command).toBe('announce');
    expect(e.story).toEqual([`raise ${AT_LEVEL} @76`]);
  });

  it('is asked for by the clock too, and not again after a restart', () => {
    const { e, times } = listening();
    e.reading(shut()).advance(50).restart().advance(10);
    expect(times).toEqual([45]);
  });

  it('not between floors, not to firefighters, not when the door opens before', () => {
    const between = listening();
    between.e.stream(trapped(), 200);
    const fire = listening();
    fire.e.stream(shut({ mode: 'firefighter' }), 70);
    const opens = listening();
    opens.e.stream(shut(), 40).stream(boarding(), 60);
    expect([...between.times, ...fire.times, ...opens.times]).toEqual([]);
  });

  it('once for each stand', () => {
    const { e, times } = listening();
    e.stream(shut(), 50)
      .stream(running({ floor: 5 }), 5)
      .stream(shut({ floor: 6 }), 60);
    expect(times).toEqual([45, 100]);
  });
});

describe('thresholds of one’s own', () => {
  it('hold as the device’s overrides say', () => {
    const device = eventLift({
      overrides: {
        'elevator.entrapment.outsideS': 20,
        'elevator.car.movingMps': 0.2,
        'elevator.car.occupiedLoadKg': 80,
      },
    });
    const e = lift(device)
      .reading(boarding())
      .advance(1)
      .stream(trapped({ speedMps: 0.15 }), 40);
    expect(e.story).toEqual([`raise ${BETWEEN} @21`]);
    expect(lift(device).stream(trapped({ peopleInCar: false, loadKg: 70 }), 60).story).toEqual([]);
  });
});

describe('a stuck presence sensor', () => {
  it('is believed again when a person says that it is repaired, and can betray itself once more', () => {
    const e = lift();
    const ride = () => e.stream(parked({ peopleInCar: true }), 2).stream(boarding(), 3);
    for (let i = 0; i < 10; i++) ride();
    e.end('device.stuck').stream(trapped(), 40);
    expect(e.story).toEqual(['raise device.stuck @47', `raise ${BETWEEN} @80`]);
    for (let i = 0; i < 10; i++) ride();
    expect(e.story.filter((s) => s.includes('device.stuck'))).toHaveLength(2);
  });
});

it('never switches itself off, and says what it does without', () => {
  const poor = fakeDevice('elevator', { attributes: { expectedIntervalS: 30, capabilities: ['floor'] } });
  const fit = entrapmentDetector.fitness?.(poor, entrapmentDetector.initial());
  expect(fit?.on).toBe(true);
  expect(fit).toHaveProperty('note');
  expect(
    entrapmentDetector.fitness?.(
      fakeDevice('elevator', {
        attributes: {
          expectedIntervalS: 1,
          capabilities: ['speedMps', 'doorZone', 'door', 'peopleInCar', 'door-events'],
        },
      }),
      entrapmentDetector.initial(),
    ),
  ).toEqual({ on: true });
});
