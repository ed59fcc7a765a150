import { describe, expect, it } from '@jest/globals';
import type { ElevatorValues } from '../../src/telemetry/reading.js';
import { Random } from '../random.js';
import { LiftModel } from './lift-model.js';
import { landingsBetween, liftProfile } from './lift-profile.js';

const T = 1_767_600_000_000;
const play = (press: boolean): ElevatorValues[] => {
  const random = Random.for(1, 'lift', 'test');
  const profile = liftProfile({
    ...{ landings: landingsBetween(1, 10), reportEveryMs: 5000, passengersPerHour: 0, utcOffsetHours: 8 },
  });
  const model = new LiftModel(profile);
  let state = model.direct(model.start(T, random), { do: 'test-alarm-path', id: 't-1', forS: 4 }, T, random);
  if (press) state = model.direct(state, { do: 'press-alarm-button', forS: 10 }, T, random);
  return model.step(state, T + 9000, random).messages.map((m) => m.values as ElevatorValues);
};

describe('a lift that is asked to test its alarm path', () => {
  it('tells a press with the test’s mark for 4 s, and its release', () => {
    const told = play(false);
    expect(told[0]).toMatchObject({ alarmButton: true, alarmTest: 't-1' });
    const release = told.find((v) => v.alarmButton === false);
    expect(release).toBeDefined();
    expect(release).not.toHaveProperty('alarmTest');
  });
  it('never marks a press by a hand', () => {
    for (const v of play(true)) expect(v).not.toHaveProperty('alarmTest');
    expect(play(true)[0]).toMatchObject({ alarmButton: true });
  });
});
