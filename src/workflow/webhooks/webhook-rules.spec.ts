import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { OutboundAnswer } from '../../platform/outbound-http.js';
import { afterTry } from './after-try.js';
import { TOLD_KINDS, WEBHOOK_EVENTS, webhookEventOf } from './webhook-event.js';
import { deliveryIdOf, webhookSignature } from './webhook-signature.js';

const answered = (status: number): OutboundAnswer => ({ ok: true, status, text: '', tookMs: 1 });
const failed = (why: 'timeout' | 'private-address'): OutboundAnswer => ({ ok: false, why, detail: 'x' });
const HOUR = 3_600_000;

describe('after a try', () => {
  it.each([200, 201, 204, 299])('%i is delivered', (status) => {
    expect(afterTry(answered(status), 1, 0)).toEqual({ kind: 'delivered' });
  });

  it.each([500, 502, 503, 429, 408])('%i is tried again, later each time, and given up after a day', (status) => {
    const waits = [1, 2, 3, 4, 5, 6, 40].map((n) => afterTry(answered(status), n, HOUR));
    expect(waits.map((w) => (w.kind === 'again' ? w.inMs / 1000 : w.kind))).toEqual([5, 15, 60, 300, 900, 900, 900]);
    expect(afterTry(answered(status), 100, 24 * HOUR)).toMatchObject({ kind: 'dead' });
  });

  it.each([
    ['a refusal', answered(404)],
    ['a redirect', answered(302)],
    ['an address inside', failed('private-address')],
  ])('%s is believed after three tries', (_, answer) => {
    expect([1, 2, 3].map((n) => afterTry(answer, n, 0).kind)).toEqual(['again', 'again', 'dead']);
  });

  it('nobody there is no refusal', () => {
    expect(afterTry(failed('timeout'), 50, 23 * HOUR)).toMatchObject({ kind: 'again', inMs: 900_000 });
  });

  it('410 wants nothing more', () => {
    expect(afterTry(answered(410), 1, 0)).toMatchObject({ kind: 'gone' });
  });

  it('something always comes of it: it ends within a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.nat(1000), fc.nat(48 * HOUR), (status, n, age) => {
        const after = afterTry(answered(status), n + 1, age);
        return after.kind !== 'again' || (after.inMs >= 5000 && age < 24 * HOUR);
      }),
    );
  });
});

describe('an event outside', () => {
  it('is closed when nothing more happens to the ticket', () => {
    const moved = (to: string) => webhookEventOf({ kind: 'moved', payload: { to } });
    expect(['en-route', 'rescued', 'closed', 'false-alarm', 'cancelled'].map(moved)).toEqual([
      ...['ticket.moved', 'ticket.moved'],
      ...['ticket.closed', 'ticket.closed', 'ticket.closed'],
    ]);
  });

  it('is none for what Steward decides within', () => {
    for (const kind of ['level-skipped', 'did-not-page', 'clock-step', 'toString', '__proto__'])
      expect(webhookEventOf({ kind, payload: {} })).toBeNull();
  });

  it('can be subscribed to, whatever the line', () => {
    for (const kind of TOLD_KINDS) expect(WEBHOOK_EVENTS).toContain(webhookEventOf({ kind, payload: {} }));
  });
});

describe('a signature', () => {
  it('can be checked in the way that docs/webhooks.md tells', () => {
    const header = webhookSignature('whsec_x', '{"a":"管家"}', 1_767_600_000_999);
    const [, t = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
    expect(t).toBe('1767600000');
    expect(createHmac('sha256', 'whsec_x').update(`${t}.{"a":"管家"}`).digest('hex')).toBe(v1);
  });

  it('goes with an id that is the same for the same event, and a UUID', () => {
    const id = deliveryIdOf('w', 'alpha', 7);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(deliveryIdOf('w', 'alpha', 7)).toBe(id);
    expect(deliveryIdOf('w', 'alpha', 8)).not.toBe(id);
  });
});
