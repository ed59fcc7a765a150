import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Readiness } from './readiness.js';

beforeAll(() => Logger.overrideLogger(false));

describe('readiness', () => {
  it('is not there before any part has registered', async () => {
    expect(Object.keys(await new Readiness().failing())).toEqual(['start']);
  });

  it('names each part that cannot work, and is there when all can', async () => {
    const readiness = new Readiness();
    let database: string | null = 'still migrating';
    readiness.register('database', async () => database);
    readiness.register('broker', async () => null);
    expect(await readiness.failing()).toEqual({ database: 'still migrating' });
    database = null;
    expect(await readiness.failing()).toEqual({});
  });

  it('counts a check that fails or hangs as a part that cannot work, and keeps the cause to the log', async () => {
    const readiness = new Readiness();
    readiness.register('database', () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3')));
    readiness.register('broker', () => new Promise(() => undefined));
    const failing = await readiness.failing();
    expect(Object.keys(failing)).toEqual(['database', 'broker']);
    expect(failing['database']).not.toContain('10.1.2.3');
    expect(failing['broker']).toContain('2 s');
  });

  it('is there although a helping part is away, and names that one apart', async () => {
    const readiness = new Readiness();
    readiness.register('database', async () => null);
    readiness.registerHelper('work-queue', async () => 'Redis does not answer');
    expect(await readiness.failing()).toEqual({});
    expect(await readiness.warnings()).toEqual({ 'work-queue': 'Redis does not answer' });
    expect(() => readiness.registerHelper('work-queue', async () => null)).toThrow('work-queue');
  });

  it('refuses two parts of one name, of which one would go unseen', () => {
    const readiness = new Readiness();
    readiness.register('database', async () => null);
    expect(() => readiness.register('database', async () => null)).toThrow('database');
  });
});
