import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CHANNELS, type ChannelName } from '../../kernel/channels.js';
import { channelPlan, firstChannels, isWithin, nextChannel, type PlanFacts } from './channel-plan.js';
import { tidyChoices, usualChoice, type ChannelChoice } from './reach.js';

const USUAL = CHANNELS.map(usualChoice);
const facts = (f: Partial<PlanFacts> = {}): PlanFacts => ({
  choices: USUAL,
  ready: new Set(CHANNELS),
  quiet: null,
  priority: 'P1',
  silent: false,
  localTime: '12:00',
  ...f,
});
const ways = (f: Partial<PlanFacts>): ChannelName[] => [...channelPlan(facts(f)).channels];
const NIGHT = { from: '22:00', to: '07:00' };

describe('the ways to a person', () => {
  it('are the open screen, web push, webhook, and mail for what can wait', () => {
    expect(ways({ priority: 'P3' })).toEqual(['websocket', 'web-push', 'webhook', 'email']);
    expect(ways({ priority: 'P1' })).toEqual(['websocket', 'web-push', 'webhook']);
  });

  it('leave out what is off, has no address or is not for this priority, and say why', () => {
    const choices = USUAL.map((c): ChannelChoice => (c.channel === 'webhook' ? { ...c, on: false } : c));
    const plan = channelPlan(facts({ choices, ready: new Set<ChannelName>(['webhook', 'email']) }));
    expect(plan.channels).toEqual(['websocket']);
    expect(plan.leftOut).toEqual([
      { channel: 'web-push', because: 'no address' },
      { channel: 'webhook', because: 'switched off' },
      { channel: 'email', because: 'not for P1' },
    ]);
  });

  it('rest in quiet hours, but for the open screen and mail, and never for P1', () => {
    expect(ways({ quiet: NIGHT, localTime: '23:30', priority: 'P2' })).toEqual(['websocket']);
    expect(ways({ quiet: NIGHT, localTime: '06:59', priority: 'P3' })).toEqual(['websocket', 'email']);
    expect(ways({ quiet: NIGHT, localTime: '07:00', priority: 'P2' })).toEqual(['websocket', 'web-push', 'webhook']);
    expect(ways({ quiet: NIGHT, localTime: '23:30', priority: 'P1' })).toEqual(['websocket', 'web-push', 'webhook']);
  });

  it('send a silent page nowhere where it would ring', () => {
    expect(ways({ silent: true })).toEqual(['websocket', 'web-push']);
  });

  it('begin with the open screen alone while one is open; with the next way too when none is, or when it is wanted first', () => {
    expect(firstChannels(channelPlan(facts()), true)).toEqual(['websocket']);
    expect(firstChannels(channelPlan(facts()), false)).toEqual(['websocket', 'web-push']);
    const webhookFirst = [...USUAL].sort((a, b) => Number(b.channel === 'webhook') - Number(a.channel === 'webhook'));
    expect(firstChannels(channelPlan(facts({ choices: webhookFirst })), true)).toEqual(['websocket', 'webhook']);
    expect(firstChannels(channelPlan(facts({ ready: new Set() })), false)).toEqual(['websocket']);
  });

  it('are tried one after the other until there is none left', () => {
    const plan = channelPlan(facts());
    expect(nextChannel(plan, new Set(['websocket']))).toBe('web-push');
    expect(nextChannel(plan, new Set(['websocket', 'web-push']))).toBe('webhook');
    expect(nextChannel(plan, new Set(['websocket', 'web-push', 'webhook']))).toBeNull();
  });

  it('take equal times for the whole day', () => {
    expect(isWithin({ from: '08:00', to: '08:00' }, '03:00')).toBe(true);
  });
});

describe('whatever a person wishes', () => {
  const choice = fc.record({
    channel: fc.constantFrom(...CHANNELS),
    on: fc.boolean(),
    priorities: fc.subarray(['P1', 'P2', 'P3'] as const),
  });
  const time = fc.integer({ min: 0, max: 1439 }).map((m) => {
    const two = (n: number) => String(n).padStart(2, '0');
    return `${two(Math.floor(m / 60))}:${two(m % 60)}`;
  });
  const any = fc.record({
    choices: fc.array(choice, { maxLength: 6 }).map(tidyChoices),
    ready: fc.subarray([...CHANNELS]).map((c) => new Set(c)),
    quiet: fc.option(fc.record({ from: time, to: time })),
    priority: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const),
    silent: fc.boolean(),
    localTime: time,
  });

  it('each channel is planned or left out with a reason, once; the open screen is always planned', () => {
    fc.assert(
      fc.property(any, (f) => {
        const plan = channelPlan(f);
        const named = [...plan.channels, ...plan.leftOut.map((l) => l.channel)];
        expect([...named].sort()).toEqual([...CHANNELS].sort());
        expect(plan.channels).toContain('websocket');
      }),
    );
  });

  it('quiet hours change nothing for P1', () => {
    fc.assert(
      fc.property(any, (f) => {
        const p1 = { ...f, priority: 'P1' as const };
        expect(channelPlan(p1)).toEqual(channelPlan({ ...p1, quiet: null }));
      }),
    );
  });

  it('following the next way from the first ones uses every way once and ends', () => {
    fc.assert(
      fc.property(any, fc.boolean(), (f, connected) => {
        const plan = channelPlan(f);
        const tried: ChannelName[] = firstChannels(plan, connected);
        for (let c = nextChannel(plan, new Set(tried)); c; c = nextChannel(plan, new Set(tried))) tried.push(c);
        expect([...tried].sort()).toEqual([...plan.channels].sort());
        expect(new Set(tried).size).toBe(tried.length);
      }),
    );
  });
});
