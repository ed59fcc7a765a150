import { describe, expect, it } from '@jest/globals';
import { assessBuildingPower, POWER_PRESENT, type PowerWitness } from './power.js';

const MIN = 60_000;
const START = Date.UTC(2026, 0, 5, 2, 0, 0);
const ok = (id: string): PowerWitness => ({ id, mains: true, emergencyPower: false, silent: false });
const gone = (id: string): PowerWitness => ({ ...ok(id), silent: true });
const noMains = (id: string): PowerWitness => ({ ...ok(id), mains: false });

class Building {
  state = POWER_PRESENT;
  now = START;
  readonly story: string[] = [];
  at(minute: number, ...devices: PowerWitness[]): this {
    this.now = START + minute * MIN;
    const step = assessBuildingPower(this.state, { building: 'b1', devices }, this.now);
    this.state = JSON.parse(JSON.stringify(step.state)) as typeof step.state;
    for (const f of step.findings) this.story.push(`${f.kind} ${f.event} ${f.subject.type} ${f.subject.id} @${minute}`);
    return this;
  }
}
const RAISE = 'raise building.power-lost building b1';

describe('power of a building', () => {
  it('is lost when three devices say so', () => {
    expect(new Building().at(0, noMains('a'), noMains('b'), noMains('c')).story).toEqual([`${RAISE} @0`]);
  });

  it('is lost when one says so and two more vanish within their own limits', () => {
    const b = new Building().at(0, ok('a'), ok('b'), ok('c')).at(1, noMains('a'), ok('b'), ok('c'));
    expect(b.at(3, noMains('a'), gone('b'), ok('c')).story).toEqual([]);
    expect(b.at(4, noMains('a'), gone('b'), gone('c')).story).toEqual([`${RAISE} @4`]);
  });

  it('takes emergency power for mains evidence, and one that said so and then vanished still says so', () => {
    const b = new Building().at(0, { ...gone('a'), emergencyPower: true }, noMains('b'), {
      ...gone('c'),
      mains: false,
    });
    expect(b.story).toEqual([`${RAISE} @0`]);
  });

  it('is not lost by silence alone, nor by one or two devices', () => {
    expect(new Building().at(0, gone('a'), gone('b'), gone('c'), gone('d')).story).toEqual([]);
    expect(new Building().at(0, noMains('a'), noMains('b'), ok('c')).story).toEqual([]);
  });

  it('does not count devices that were dead long before', () => {
    const b = new Building().at(0, ok('a'), gone('b'), gone('c')).at(30, noMains('a'), gone('b'), gone('c'));
    expect(b.at(60, noMains('a'), gone('b'), gone('c')).story).toEqual([]);
  });

  it('counts those that vanished shortly before the first evidence', () => {
    const b = new Building().at(0, ok('a'), gone('b'), gone('c')).at(4, noMains('a'), gone('b'), gone('c'));
    expect(b.story).toEqual([`${RAISE} @4`]);
  });

  it('is back with the majority of those hit, whatever the others do', () => {
    const well = [ok('m1'), ok('m2'), ok('m3'), ok('m4')];
    const b = new Building().at(0, noMains('a'), noMains('b'), noMains('c'), noMains('d'), ...well);
    expect(b.at(5, ok('a'), ok('b'), noMains('c'), noMains('d'), ...well).story).toHaveLength(1);
    b.at(6, ok('a'), ok('b'), ok('c'), noMains('d'), ...well);
    expect(b.story[1]).toBe('clear building.power-lost building b1 @6');
  });

  it('stragglers of a loss that is over do not make the next one', () => {
    const hit = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const b = new Building().at(0, ...hit.map(noMains));
    b.at(5, ...hit.slice(0, 4).map(ok), ...hit.slice(4).map(noMains));
    expect(b.story).toHaveLength(2);
    b.at(6, ...hit.slice(0, 4).map(ok), ...hit.slice(4).map(noMains));
    expect(b.story).toHaveLength(2);
    b.at(7, ...hit.map(ok)).at(8, ...hit.map(noMains));
    expect(b.story[2]).toBe(`${RAISE} @8`);
  });

  it('is the same state while nothing changes', () => {
    const view = { building: 'b1', devices: [noMains('a'), gone('b'), ok('c')] };
    const { state } = assessBuildingPower(POWER_PRESENT, view, START);
    expect(assessBuildingPower(state, view, START + MIN).state).toBe(state);
  });
});
