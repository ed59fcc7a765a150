import { describe, expect, it } from '@jest/globals';
import type { CallKindView, PlaceHitView } from '../../src/gateway/by-hand-views.js';
import { bodyOf, emptyDraft, offeredAt } from './call-draft.js';

const kind = (id: string, deviceKinds: string[], places: CallKindView['places']): CallKindView => ({
  ...{ id, words: { zh: id, en: id }, event: 'pipe.leak', priorities: ['P2'], deviceKinds, places },
});
const KINDS = [
  kind('trapped', ['elevator'], ['building']),
  kind('fire', ['generic'], ['unit', 'riser', 'building', 'zone', 'estate']),
  kind('leak', ['pipe-sensor'], ['unit', 'riser', 'building', 'zone', 'estate']),
  kind('gate', ['gate'], ['building', 'zone', 'estate']),
];
const place = (hit: Partial<PlaceHitView>): PlaceHitView => ({
  ...{
    kind: 'unit',
    id: 'jy-6-802',
    estate: 'jinyue',
    name: { zh: '802', en: '802' },
    place: { zh: '6栋 802室', en: '' },
  },
  ...{ deviceKind: null, building: 'jy-6', roles: [], phone: null, ...hit },
});
const offered = (hit: Partial<PlaceHitView>): string[] => offeredAt(KINDS, place(hit)).map((k) => k.id);

describe('what is offered at a place', () => {
  it('begins with what a device is for', () => {
    expect(offered({ kind: 'device', deviceKind: 'elevator' })).toEqual(['trapped']);
    expect(offered({ kind: 'device', deviceKind: 'generic' })[0]).toBe('fire');
    expect(offered({ kind: 'device', deviceKind: 'gate', building: null })[0]).toBe('gate');
  });
  it('is all that can be there or in its building', () => {
    expect(offered({})).toEqual(['trapped', 'fire', 'leak', 'gate']);
    expect(offered({ kind: 'zone' })).toEqual(['fire', 'leak', 'gate']);
    expect(offered({ kind: 'person' })).toEqual([]);
  });
});

describe('the call that is sent', () => {
  const now = Date.parse('2026-07-14T00:10:00Z');
  it('needs a place and a kind; words may be missing', () => {
    expect(bodyOf(emptyDraft(), 'jinyue', now)).toBeNull();
    expect(bodyOf({ ...emptyDraft(), place: place({}) }, 'jinyue', now)).toBeNull();
    expect(bodyOf({ ...emptyDraft(), place: place({}), kind: 'leak' }, 'jinyue', now)).toMatchObject({ said: '' });
  });
  it('says when it was told, where the caller lives, and keeps its key when it is sent again', () => {
    const draft = { ...emptyDraft(), place: place({}), kind: 'leak', ago: 10, name: ' 卢 ', said: ' 滴水 ' };
    const body = bodyOf(draft, 'jinyue', now);
    expect(body).toEqual({
      ...{ estate: 'jinyue', place: { type: 'unit', id: 'jy-6-802' }, kind: 'leak', said: '滴水' },
      ...{
        caller: { name: '卢', unit: 'jy-6-802' },
        reportedAt: '2026-07-14T00:00:00.000Z',
        idempotencyKey: draft.key,
      },
    });
    expect(emptyDraft().key).not.toBe(draft.key);
  });
});
