import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Body,
  Controller,
  HttpCode,
  Module,
  Param,
  Post,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { DomainErrorFilter } from '../../src/access/http/domain-error.filter.js';
import { configureHttpEdge } from '../../src/access/http/http-edge.js';
import { IdempotencyInterceptor } from '../../src/access/http/idempotency.interceptor.js';
import { forgetOldKeys, IdempotencyStore } from '../../src/access/idempotency-store.js';
import { TokenVault } from '../../src/access/token-vault.js';
import { ManualClock } from '../../src/kernel/clock.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { EstateTransactions } from '../../src/platform/estate-transaction.js';
import { asIdempotentCommand } from '../../src/platform/idempotent-command.js';
import { importWish } from '../support/estate-builder.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let clock: ManualClock;
const vault = new TokenVault(randomBytes(32));
const instances: { base: string; app: NestExpressApplication; transactions: EstateTransactions }[] = [];
/** What commands wait for before they go on: nothing, unless a test holds them. */
let held: Promise<void> = Promise.resolve();

/** Signed in is whom the header names. */
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; principal?: object }>();
    const username = request.headers['x-who'];
    if (username) request.principal = { username, names: { zh: username, en: username }, roles: [] };
    return true;
  }
}

async function instance(): Promise<void> {
  const transactions = new EstateTransactions(database.db, clock);

  @Controller('commands')
  class CommandController {
    @Post('refused')
    refused(@Body() body: { made?: number }): never {
      throw new DomainError('conflict', 'Accept the ticket first.', { made: body.made ?? 0, at: clock.now() });
    }
    @Post('breaks')
    breaks(): never {
      throw new Error('a bug');
    }
    @Post(':name')
    @HttpCode(200)
    async write(@Param('name') name: string, @Body() body: object): Promise<object> {
      await held;
      await transactions.run('alpha', (tx) => {
        tx.journal({ kind: 'probe', payload: { name, ...body } });
        return Promise.resolve();
      });
      return { name, made: randomUUID(), secret: 'shown once' };
    }
  }
  @Module({
    controllers: [CommandController],
    providers: [
      { provide: IdempotencyStore, useValue: new IdempotencyStore(database.db, clock, vault) },
      { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      { provide: APP_FILTER, useClass: DomainErrorFilter },
      { provide: APP_GUARD, useClass: HeaderGuard },
    ],
  })
  class Probe {}
  const module = await Test.createTestingModule({ imports: [Probe] }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttpEdge(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  instances.push({ base: `http://127.0.0.1:${port}`, app, transactions });
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}
async function send(key: string | null, over: Partial<{ at: number; path: string; body: unknown; who: string }> = {}) {
  const { at = 0, path = 'open', body = { place: 'lift' }, who = 'control-1' } = over;
  const response = await fetch(`${instances[at]?.base}/commands/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(who ? { 'x-who': who } : {}),
      ...(key === null ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer: Answer = {
    status: response.status,
    body: JSON.parse(text) as Answer['body'],
    headers: response.headers,
  };
  return answer;
}
const done = async (): Promise<number> =>
  Number((await database.rows(`select count(*) as n from journal where kind = 'probe'`))[0]?.['n']);

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  clock = new ManualClock();
  await instance();
  await instance();
});
afterAll(async () => {
  for (const { app } of instances) await app.close();
  await database?.stop();
});
let before = 0;
beforeEach(async () => {
  held = Promise.resolve();
  before = await done();
});

describe('a command with an idempotency key', () => {
  it('is done once, and answered the same again, by the other instance too', async () => {
    const first = await send('"a"');
    const again = [await send('a'), await send('a', { at: 1 })];
    expect(first.status).toBe(200);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    for (const answer of again) {
      expect(answer).toMatchObject({ status: 200, body: first.body });
      expect(answer.headers.get('idempotency-replayed')).toBe('true');
    }
    expect((await done()) - before).toBe(1);
  });

  it('keeps its answer sealed', async () => {
    await send('sealed');
    const [row] = await database.rows(`select * from idempotency_key where key = 'sealed'`);
    expect(row?.['answer']).toEqual(expect.any(String));
    expect(JSON.stringify(row)).not.toContain('shown once');
  });

  it('is done once when 40 tries race at two instances; the others hear that it is under way, or its answer', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => send('race', { at: i % 2 })));
    expect((await done()) - before).toBe(1);
    const made = new Set(answers.filter((a) => a.status === 200).map((a) => a.body['made']));
    expect(made.size).toBe(1);
    for (const a of answers.filter((x) => x.status !== 200)) {
      expect(a).toMatchObject({ status: 409, body: { code: 'in-flight', retryAfterS: 1 } });
      expect(a.headers.get('retry-after')).toBe('1');
    }
  });

  it('belongs to one person, one route and one request', async () => {
    await send('b');
    expect((await send('b', { who: 'control-2' })).status).toBe(200);
    expect((await send('b', { path: 'other' })).status).toBe(200);
    expect((await done()) - before).toBe(3);
    expect(await send('b', { body: { place: 'door' } })).toMatchObject({ status: 422, body: { code: 'key-reused' } });
    expect(await send('b', { path: 'open?x=1' })).toMatchObject({ status: 422, body: { code: 'key-reused' } });
    expect((await done()) - before).toBe(3);
  });

  it('is refused again in the same words, in the reader’s language', async () => {
    const first = await send('c', { path: 'refused' });
    clock.advance(1000);
    expect(await send('c', { path: 'refused', at: 1 })).toMatchObject({ status: 409, body: first.body });
    const response = await fetch(`${instances[0]?.base}/commands/refused`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', 'x-who': 'control-1', 'idempotency-key': 'c' },
        'accept-language': 'zh-CN',
      },
      body: '{"place":"lift"}',
    });
    expect(await response.json()).toMatchObject({ detail: '请先接单。', message: 'Accept the ticket first.' });
  });

  it('that failed may be tried again at once', async () => {
    expect((await send('d', { path: 'breaks' })).status).toBe(500);
    expect((await send('d', { path: 'breaks' })).status).toBe(500);
    expect(await database.rows(`select 1 from idempotency_key where key = 'd'`)).toEqual([]);
  });

  it('is good for a day', async () => {
    const { body } = await send('e');
    clock.advance(23 * 3_600_000);
    expect((await send('e')).body).toEqual(body);
    clock.advance(2 * 3_600_000);
    expect((await send('e', { body: { place: 'gate' } })).status).toBe(200);
    clock.advance(25 * 3_600_000);
    await forgetOldKeys(database.db, clock.now());
    expect(await database.rows('select 1 from idempotency_key')).toEqual([]);
  });

  it('must be a key, and comes with JSON', async () => {
    expect((await send('x'.repeat(256))).status).toBe(400);
    expect((await send('a b')).status).toBe(400);
    const photo = await fetch(`${instances[0]?.base}/commands/photo`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg', 'x-who': 'control-1', 'idempotency-key': 'f' },
      body: 'not JSON',
    });
    expect(photo.status).toBe(400);
    expect((await done()) - before).toBe(0);
  });

  it('means nothing to somebody who is not signed in, and none is needed', async () => {
    for (let i = 0; i < 2; i++) await send('g', { who: '' });
    for (let i = 0; i < 2; i++) await send(null);
    expect((await done()) - before).toBe(4);
  });
});

describe('a process that dies', () => {
  const at = { principal: 'control-1', route: 'POST /commands/open', key: '' };
  const sha = 'of the request';
  const store = (): IdempotencyStore => new IdempotencyStore(database.db, clock, vault);

  it('before the command was carried out: a try after a minute does it', async () => {
    const key = { ...at, key: 'died-before' };
    expect(await store().begin(key, sha)).toMatchObject({ kind: 'begun' });
    expect(await store().begin(key, sha)).toEqual({ kind: 'in-flight' });
    clock.advance(61_000);
    const begun = await Promise.all(Array.from({ length: 8 }, () => store().begin(key, sha)));
    expect(begun.filter((b) => b.kind === 'begun')).toHaveLength(1);
    expect(begun.filter((b) => b.kind === 'in-flight')).toHaveLength(7);
  });

  it('after it was carried out and before it was answered: it is never done again', async () => {
    const key = { ...at, key: 'died-after' };
    const begun = await store().begin(key, sha);
    if (begun.kind !== 'begun') throw new Error('not begun');
    await asIdempotentCommand(begun.token, () =>
      instances[0]!.transactions.run('alpha', (tx) => {
        tx.journal({ kind: 'probe', payload: {} });
        return Promise.resolve();
      }),
    );
    clock.advance(61_000);
    expect(await store().begin(key, sha)).toEqual({ kind: 'already-done' });
  });

  it('only seemed to be dead: whoever comes second carries nothing out', async () => {
    const key = { ...at, key: 'slow' };
    const slow = await store().begin(key, sha);
    clock.advance(61_000);
    expect(await store().begin(key, sha)).toMatchObject({ kind: 'begun' });
    const late = asIdempotentCommand(slow.kind === 'begun' ? slow.token : '', () =>
      instances[0]!.transactions.run('alpha', (tx) => {
        tx.journal({ kind: 'probe', payload: {} });
        return Promise.resolve();
      }),
    );
    await expect(late).rejects.toThrow('under way');
    expect(await done()).toBe(before);
  });
});
