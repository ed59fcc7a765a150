import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { KNOWN_REJECT_REASONS, Metrics } from '../metrics.js';
import { OpsModule } from '../ops.module.js';
import { Readiness } from '../readiness.js';

let app: INestApplication;
const get = async (path: string): Promise<{ status: number; text: string; type: string | null }> => {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const r = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: r.status, text: await r.text(), type: r.headers.get('content-type') };
};

beforeEach(async () => {
  const module = await Test.createTestingModule({ imports: [OpsModule] }).compile();
  app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

describe('the health pages', () => {
  it('say alive before ready, and 503 with the failing parts until all are ready', async () => {
    let broker: string | null = 'not listening';
    app.get(Readiness).register('broker', async () => broker);
    expect((await get('/healthz')).status).toBe(200);
    const before = await get('/readyz');
    expect(before.status).toBe(503);
    expect(JSON.parse(before.text)).toEqual({
      status: 'not-ready',
      failing: { broker: 'not listening' },
      warnings: {},
    });
    broker = null;
    expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready","failing":{},"warnings":{}}' });
  });

  it('show every known reason of a rejection at 0 from the start, and growing', async () => {
    const rejects = async (): Promise<[string, string][]> =>
      [...(await get('/metrics')).text.matchAll(/^steward_rejected_messages_total\{reason="(.+)"\} (\d+)$/gm)].map(
        (m) => [m[1] ?? '', m[2] ?? ''],
      );
    expect(await rejects()).toEqual(KNOWN_REJECT_REASONS.map((reason) => [reason, '0']));
    app.get(Metrics).rejectedMessages.inc({ reason: 'bad-login' });
    expect(new Map(await rejects()).get('bad-login')).toBe('1');
  });

  it('give figures as Prometheus reads them, each name with help, the process and its event loop included', async () => {
    const { status, text, type } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain');
    for (const name of ['steward_batch_seconds', 'steward_unserved_deadlines', 'process_cpu_seconds_total']) {
      expect(text).toContain(`# HELP ${name} `);
    }
    await new Promise((r) => setTimeout(r, 50));
    const worst = /^steward_event_loop_lag_seconds\{quantile="1"\} (\S+)$/m.exec((await get('/metrics')).text);
    expect(Number(worst?.[1])).toBeGreaterThan(0);
    expect(Number(worst?.[1])).toBeLessThan(10);
  });

  it('count two programs in one process apart', () => {
    const [a, b] = [new Metrics(), new Metrics()];
    a.readings.inc({ kind: 'gate' }, 3);
    expect(b.registry.getSingleMetric('steward_readings_total')).toBe(b.readings);
    expect(a.registry.getSingleMetric('steward_readings_total')).not.toBe(b.readings);
  });
});
