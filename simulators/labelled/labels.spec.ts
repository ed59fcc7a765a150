import { describe, expect, it } from '@jest/globals';
import { liftProfile } from '../elevator/lift-profile.js';
import { Car } from './car.js';
import { Labels } from './labels.js';

const rider = { from: 0, to: 3, kg: 70, cameAt: 0 };

/** A car at `m` metres with one rider, at rest with its door closed, told every second. */
function stands(m: number, seconds: number): { labels: Labels; car: Car } {
  const car = new Car(liftProfile(), 0, m);
  const labels = new Labels();
  car.riders = [rider];
  for (let s = 0; s <= seconds; s++) {
    car.at = s * 1000;
    labels.note(car, 'test');
  }
  return { labels, car };
}

describe('labels', () => {
  it('come after 30 s outside a door zone and 75 s inside, and end when the door opens at a landing', () => {
    expect(stands(1.5, 29).labels.entrapments).toEqual([]);
    const { labels, car } = stands(1.5, 40);
    expect(labels.entrapments).toEqual([
      { cause: 'test', outside: true, sinceAt: 0, dueAt: 30_000, endAt: null, heardAt: null },
    ]);
    car.door = 'open';
    labels.note(car, 'test');
    expect(labels.entrapments[0]?.endAt).toBeNull();
    car.bounce(1.5);
    labels.note(car, 'test');
    expect(labels.entrapments[0]?.endAt).toBe(40_000);
    expect(stands(3, 74).labels.entrapments).toEqual([]);
    expect(stands(3, 80).labels.entrapments[0]).toMatchObject({ outside: false, dueAt: 75_000 });
  });

  it('know nobody in an empty car, nor staff as trapped', () => {
    const car = new Car(liftProfile(), 0, 1.5);
    const labels = new Labels();
    car.staff = 2;
    for (car.at = 0; car.at <= 400_000; car.at += 1000) labels.note(car, 'test');
    expect(labels.entrapments).toEqual([]);
  });

  it('know when Steward first heard of those who are inside', () => {
    const { labels, car } = stands(1.5, 40);
    labels.measured(7, car);
    expect(labels.entrapments[0]?.heardAt).toBeNull();
    labels.heard(7, 45_000);
    labels.heard(7, 46_000);
    expect(labels.entrapments[0]?.heardAt).toBe(45_000);
  });

  it('take no word of an empty car for one of them, nor a late one of people who were in it before', () => {
    const labels = new Labels();
    const car = new Car(liftProfile(), 0, 1.5);
    labels.measured(1, car);
    car.riders = [rider];
    labels.note(car, 'test');
    labels.measured(2, car);
    car.riders = [];
    labels.note(car, 'test');
    car.riders = [rider];
    for (car.at = 1000; car.at <= 40_000; car.at += 1000) labels.note(car, 'test');
    for (const seq of [1, 2]) labels.heard(seq, 40_000);
    expect(labels.entrapments[0]?.heardAt).toBeNull();
  });
});
