import { describe, expect, it } from '@jest/globals';
import type { AlarmState, AlarmView } from '../../src/gateway/views.js';
import { alarmLoad, groupAlarms, matchesSearch } from './alarm-order.js';

const alarm = (id: string, more: Partial<AlarmView> = {}): AlarmView =>
  ({
    id,
    device: 'lift-6w',
    event: 'elevator.entrapment-between-floors',
    title: { zh: '非平层困人', en: 'Entrapment between floors' },
    place: { zh: '6栋 西梯 · 3F', en: 'Building 6 West lift · 3F' },
    priority: 'P1',
    state: 'UNACK',
    raisedAt: '2026-07-14T00:00:00.000Z',
    endedAt: null,
    ...more,
  }) as AlarmView;
const ids = (alarms: readonly AlarmView[]) => alarms.map((a) => a.id);

describe('the alarm list', () => {
  it('puts danger first, then what nobody has acknowledged, then the newest', () => {
    const { open } = groupAlarms([
      alarm('fault', { priority: 'P3' }),
      alarm('acked', { state: 'ACKED' }),
      alarm('older'),
      alarm('newer', { raisedAt: '2026-07-14T00:01:00.000Z' }),
    ]);
    expect(ids(open)).toEqual(['newer', 'older', 'acked', 'fault']);
  });

  it('keeps a latched alarm among the open ones when its condition is gone, and counts returned ones apart', () => {
    const of = (state: AlarmState) => alarm(state, { state });
    const groups = groupAlarms((['LUNACK', 'LACKED', 'RTNUN', 'SHLVD', 'DSUPR', 'NORM'] as const).map(of));
    expect(ids(groups.open)).toEqual(['LUNACK', 'LACKED']);
    expect(ids(groups.returned)).toEqual(['RTNUN']);
    expect(ids(groups.shelved)).toEqual(['SHLVD', 'DSUPR']);
    expect(ids(groups.ended)).toEqual(['NORM']);
  });

  it('finds by place and by event, in either language, all words', () => {
    expect(matchesSearch(alarm('a'), '6栋 困人')).toBe(true);
    expect(matchesSearch(alarm('a'), 'west entrap')).toBe(true);
    expect(matchesSearch(alarm('a'), 'p1')).toBe(true);
    expect(matchesSearch(alarm('a'), '6栋 漏水')).toBe(false);
    expect(matchesSearch(alarm('a'), '  ')).toBe(true);
  });

  it('counts the load of the last ten minutes', () => {
    const now = Date.parse('2026-07-14T00:10:30.000Z');
    expect(alarmLoad([alarm('old'), alarm('new', { raisedAt: '2026-07-14T00:05:00.000Z' })], now)).toBe(1);
  });
});
