import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { OutboundAnswer, OutboundRequest } from '../platform/outbound-http.js';
import { Heartbeat } from './heartbeat.js';
import { Metrics } from './metrics.js';

Logger.overrideLogger(false);
const OK: OutboundAnswer = { ok: true, status: 200, text: '', tookMs: 1 };
const running: Heartbeat[] = [];
afterEach(async () => {
  for (const h of running.splice(0)) await h.stop();
});

function heart(trouble: () => Promise<Record<string, string>>, answer: () => Promise<OutboundAnswer>) {
  const asked: OutboundRequest[] = [];
  const metrics = new Metrics();
  const heartbeat = new Heartbeat({
    http: { send: (q) => (asked.push(q), answer()) },
    url: 'https://rings.example/secret',
    trouble,
    metrics,
    everyMs: 5,
  });
  running.push(heartbeat);
  const count = async (outcome: string): Promise<number> =>
    (await metrics.heartbeats.get()).values.find((v) => v.labels.outcome === outcome)?.value ?? 0;
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    while (!(await what())) await new Promise((r) => setTimeout(r, 2));
  };
  return { heartbeat, asked, count, until };
}

describe('the heartbeat', () => {
  it('is told at once and again while everything works', async () => {
    const { heartbeat, asked, until } = heart(
      () => Promise.resolve({}),
      () => Promise.resolve(OK),
    );
    heartbeat.start();
    await until(() => Promise.resolve(asked.length >= 3));
    expect(asked[0]).toMatchObject({ method: 'GET', url: 'https://rings.example/secret' });
  });

  it.each([
    ['a part that cannot work', () => Promise.resolve({ database: 'away' })],
    ['a question that fails', () => Promise.reject(new Error('away'))],
  ])('is silent for %s', async (_, trouble) => {
    const { heartbeat, asked, count, until } = heart(trouble, () => Promise.resolve(OK));
    heartbeat.start();
    await until(async () => (await count('withheld')) >= 2);
    expect(asked).toEqual([]);
  });

  it('is silent while a question hangs, and never asks twice at once', async () => {
    let asking = 0;
    let most = 0;
    let answered: (trouble: Record<string, string>) => void = () => undefined;
    const trouble = (): Promise<Record<string, string>> => {
      most = Math.max(most, ++asking);
      return new Promise((resolve) => {
        answered = (t) => (asking--, resolve(t));
      });
    };
    const { heartbeat, asked } = heart(trouble, () => Promise.resolve(OK));
    heartbeat.start();
    await new Promise((r) => setTimeout(r, 40));
    expect([asked.length, most]).toEqual([0, 1]);
    answered({});
    await heartbeat.stop();
    expect(asked).toHaveLength(1);
  });

  it.each<[string, OutboundAnswer]>([
    ['that is not reached', { ok: false, why: 'timeout', detail: 'no answer' }],
    ['that refuses', { ok: true, status: 404, text: '', tookMs: 1 }],
  ])('counts a receiver %s', async (_, answer) => {
    const { heartbeat, count, until } = heart(
      () => Promise.resolve({}),
      () => Promise.resolve(answer),
    );
    heartbeat.start();
    await until(async () => (await count('failed')) >= 2);
    expect(await count('sent')).toBe(0);
  });
});
