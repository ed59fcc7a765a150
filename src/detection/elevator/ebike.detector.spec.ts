import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { ebikeDetector } from './ebike.detector.js';
import { boarding, eventLift, openEmpty, parked, running } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';

const EVENT = 'elevator.ebike';
const lift = () => new FakeEngine(ebikeDetector, eventLift());
const inside = { ebikeInCar: true };

describe('an electric bicycle in the car', () => {
  it('raises when it is still seen once the door has closed', () => {
    const e = lift().stream(boarding(inside), 20);
    expect(e.story).toEqual([]);
    expect(e.stream(parked(inside), 5).stream(running(inside), 60).story).toEqual([`raise ${EVENT} @20`]);
  });

  it('not when the rider takes it out again, nor when one waits in front of the open door', () => {
    const e = lift()
      .stream(boarding(inside), 20)
      .stream(boarding({ ebikeInCar: false }), 3);
    expect(e.stream(parked({ ebikeInCar: false }), 60).story).toEqual([]);
  });

  it('one picture in which the camera errs is no alarm, nor one each minute', () => {
    const e = lift();
    for (let i = 0; i < 20; i++) e.stream(parked(inside), 1).stream(parked({ ebikeInCar: false }), 59);
    expect(e.story).toEqual([]);
  });

  it('the lift’s own code raises with the door closed', () => {
    expect(lift().stream(parked({ fault: 'ebike' }), 10).story).toEqual([`raise ${EVENT} @0`]);
    const e = lift()
      .stream(openEmpty({ fault: 'ebike' }), 5)
      .stream(openEmpty({ fault: 'none' }), 2);
    expect(e.stream(parked(), 60).story).toEqual([]);
  });

  it('for a lift that tells no door, a car that runs has closed it', () => {
    const blind = (over = {}) => ({ ...running(over), door: undefined });
    expect(lift().stream(blind({ speedMps: 0, ...inside }), 20).story).toEqual([]);
    expect(
      lift()
        .stream(blind({ speedMps: 0, ...inside }), 20)
        .stream(blind(inside), 2).story,
    ).toHaveLength(1);
  });

  it('is gone when not seen for 5 min: a sighting meanwhile is the same one', () => {
    const e = lift().stream(boarding(inside), 2).stream(parked(inside), 5);
    e.stream(parked({ ebikeInCar: false }), 200)
      .stream(parked(inside), 5)
      .stream(openEmpty({ ebikeInCar: false }), 299);
    expect(e.story).toHaveLength(1);
    expect(e.advance(2).story[1]).toBe(`clear ${EVENT} @512`);
  });

  it('stays while nothing more is heard, over a restart too', () => {
    const e = lift().stream(boarding(inside), 1).stream(parked(inside), 2).restart(3600);
    expect(e.advance(3600).story).toHaveLength(1);
  });
});

it('never without a sighting behind a closed door', () =>
  provesItself(ebikeDetector, {
    holdS: 0,
    held: ({ known }) =>
      (known.ebikeInCar === true || known.fault === 'ebike') &&
      (known.door === undefined || known.door === 'closed' || known.door === 'locked'),
  }));
