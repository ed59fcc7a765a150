import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, NotFoundException, Param, Post, type LoggerService } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { CLOCK, ManualClock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { AuditService } from '../audit.service.js';
import { assertEstate } from '../estate-scope.js';
import { FakeSessionStore } from '../fake-session-store.js';
import { hashPassword } from '../password.js';
import type { Principal } from '../principal.js';
import { SESSION_STORE } from '../session-store.port.js';
import { SESSION_HOURS, SessionService } from '../session.service.js';
import { AccessGuard } from './access.guard.js';
import { Allow, Public } from './access-rule.js';
import { CurrentPrincipal } from './current-principal.js';
import { DomainErrorFilter } from './domain-error.filter.js';
import { ErrorsController } from './errors.controller.js';
import { configureHttpEdge } from './http-edge.js';
import { SessionsController } from './sessions.controller.js';
import { ZodBody, ZodQuery } from './zod-body.pipe.js';

const Shelving = z.object({ minutes: z.int().min(1).max(480), reason: z.string().min(1) });
const Range = z.object({ limit: z.coerce.number().int().max(1000).default(500) });

@Controller('forgotten')
class ForgottenController {
  @Get()
  read(): string {
    return 'secret';
  }
}

@Controller('probe')
@Allow('control-room')
class ProbeController {
  @Get('estates/:estate')
  inEstate(@CurrentPrincipal() who: Principal, @Param('estate') estate: string): object {
    assertEstate(who, estate, 'control-room');
    return { who: who.username };
  }
  @Get('any')
  @Allow()
  any(@CurrentPrincipal() who: Principal): object {
    return { who: who.username };
  }
  @Post('shelve')
  @Public()
  shelve(@ZodBody(Shelving) body: z.infer<typeof Shelving>): object {
    return body;
  }
  @Get('range')
  @Public()
  range(@ZodQuery(Range) query: z.infer<typeof Range>): object {
    return query;
  }
  @Get('fails/:how')
  @Public()
  fails(@Param('how') how: string): never {
    if (how === 'nest') throw new NotFoundException('no such thing');
    if (how === 'bug') throw new Error('password=hunter2 at /secret/path');
    if (how === 'string') throw 'a string' as unknown as Error;
    throw new DomainError(how as DomainError['code'], 'because', { holder: 'wang.qiang', statusCode: 1, code: 'x' });
  }
}

@Module({
  controllers: [ForgottenController, ProbeController, SessionsController, ErrorsController],
  providers: [
    SessionService,
    { provide: AuditService, useValue: { record: async () => undefined } },
    { provide: SESSION_STORE, useFactory: () => store },
    { provide: CLOCK, useFactory: () => clock },
    { provide: SESSION_HOURS, useValue: 12 },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: DomainErrorFilter },
  ],
})
class ProbeModule {}

let store: FakeSessionStore;
let clock: ManualClock;
let app: NestExpressApplication;
let base: string;
let logged: string[] = [];

const logger: LoggerService = {
  log: () => undefined,
  warn: () => undefined,
  error: (message: string) => void logged.push(message),
};

interface Answer {
  status: number;
  body: Record<string, unknown> & { token: string; message: string; problems: { path: string }[] };
  headers: Headers;
}
const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
  const r = await fetch(base + path, init);
  const text = await r.text();
  return { status: r.status, body: (text ? JSON.parse(text) : null) as Answer['body'], headers: r.headers };
};
const post = (path: string, body: string | undefined): Promise<Answer> =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const signIn = (username: string, password = 'right'): Promise<Answer> =>
  post('/api/v1/sessions', JSON.stringify({ username, password }));
const bearer = async (username: string): Promise<RequestInit> => ({
  headers: { authorization: `Bearer ${(await signIn(username)).body.token}` },
});

beforeAll(async () => {
  store = new FakeSessionStore();
  clock = new ManualClock();
  const passwordHash = await hashPassword('right');
  const person = (username: string, role: 'control-room' | 'butler'): void => {
    const principal = { username, names: { zh: username, en: username }, roles: [{ estate: 'e1', role }] };
    store.people.set(username, { principal, passwordHash, active: true });
  };
  person('operator', 'control-room');
  person('butler', 'butler');
  const module = await Test.createTestingModule({ imports: [ProbeModule] }).compile();
  app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger });
  configureHttpEdge(app);
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => app.close());
beforeEach(() => {
  logged = [];
  clock.advance(120_000);
});

describe('the guard', () => {
  it('denies a route that says nothing about access, even to somebody signed in, and tells the operator', async () => {
    expect((await call('/forgotten')).status).toBe(403);
    expect(await call('/forgotten', await bearer('operator'))).toMatchObject({ status: 403 });
    expect(logged[0]).toContain('ForgottenController.read');
  });

  it('asks strangers, and those with a made-up token, to sign in', async () => {
    for (const authorization of ['', 'Bearer made-up', 'Basic b3A6cmlnaHQ=']) {
      const answer = await call('/probe/any', { headers: { authorization } });
      expect(answer).toMatchObject({ status: 401, body: { statusCode: 401, code: 'unauthenticated' } });
    }
  });

  it('lets the named role in, others not, and a method may widen what its class says', async () => {
    const operator = await bearer('operator');
    const butler = await bearer('butler');
    expect((await call('/probe/estates/e1', operator)).body).toEqual({ who: 'operator' });
    expect(await call('/probe/estates/e1', butler)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await call('/probe/any', butler)).body).toEqual({ who: 'butler' });
  });

  it('hides other estates from the right role', async () => {
    expect(await call('/probe/estates/e2', await bearer('operator'))).toMatchObject({ status: 404 });
  });
});

describe('signing in over HTTP', () => {
  it('answers 201 with a token that nobody may cache, and signing out ends it', async () => {
    const answer = await call('/api/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'operator', password: 'right' }),
    });
    expect(answer).toMatchObject({ status: 201, body: { token: expect.any(String), expiresAt: expect.any(String) } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const authorization = `Bearer ${answer.body.token}`;
    expect((await call('/probe/any', { headers: { authorization } })).status).toBe(200);
    const out = await call('/api/v1/sessions', { method: 'DELETE', headers: { authorization } });
    expect(out).toMatchObject({ status: 204, body: null });
    expect((await call('/probe/any', { headers: { authorization } })).status).toBe(401);
  });

  it('answers 401 to a wrong password, and 429 with the wait after five', async () => {
    for (let i = 0; i < 5; i++) expect((await signIn('operator', 'wrong')).status).toBe(401);
    const answer = await signIn('operator', 'right');
    expect(answer).toMatchObject({ status: 429, body: { code: 'too-many-requests', retryAfterS: 60 } });
    expect(answer.body.message).toContain('60 s');
  });
});

describe('the body', () => {
  it('reaches the handler as the schema makes it', async () => {
    expect((await post('/probe/shelve', '{"minutes":30,"reason":"repair","more":1}')).body).toEqual({
      minutes: 30,
      reason: 'repair',
    });
    expect((await call('/probe/range?limit=7')).body).toEqual({ limit: 7 });
    expect((await call('/probe/range')).body).toEqual({ limit: 500 });
  });

  it('is refused with every problem named', async () => {
    const { status, body } = await post('/probe/shelve', '{"minutes":0.5,"reason":""}');
    expect(status).toBe(400);
    expect(body).toMatchObject({ statusCode: 400, code: 'invalid' });
    expect(body.problems.map((p) => p.path)).toEqual(['minutes', 'reason']);
    expect(body.message).toContain('minutes: ');
    expect((await call('/probe/range?limit=many')).body.problems[0]?.path).toBe('limit');
  });

  it('may be missing, which means that its fields are', async () => {
    const { status, body } = await call('/probe/shelve', { method: 'POST' });
    expect(status).toBe(400);
    expect(body.problems.map((p) => p.path)).toEqual(['minutes', 'reason']);
  });

  it('is refused in words when it is not JSON or too large', async () => {
    const malformed = await post('/probe/shelve', '{"minutes":');
    expect(malformed).toMatchObject({ status: 400, body: { statusCode: 400, code: 'invalid' } });
    expect(malformed.body.message).toContain('not valid JSON');
    const large = await post('/probe/shelve', JSON.stringify({ reason: 'x'.repeat(1024 * 1024) }));
    expect(large).toMatchObject({ status: 413, body: { statusCode: 413, code: 'too-large' } });
    expect((await post('/probe/shelve', JSON.stringify({ reason: 'x'.repeat(1_000_000) }))).status).toBe(400);
    expect(logged).toEqual([]);
  });
});

describe('a refusal', () => {
  const refused = async (language: string): Promise<Answer> =>
    call('/probe/fails/conflict?secret=1', { headers: { 'accept-language': language } });

  it('is a problem of RFC 9457', async () => {
    const { status, body, headers } = await refused('en');
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
    expect(body).toEqual({
      type: '/api/v1/errors#conflict',
      title: 'Not possible as things stand',
      status,
      detail: 'because',
      // Without the query: it may hold what is no business of a log.
      instance: '/probe/fails/conflict',
      ...{ statusCode: 409, code: 'conflict', message: 'because', holder: 'wang.qiang' },
    });
  });

  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN', '与当前状态冲突'],
    ['zh', 'zh-CN', '与当前状态冲突'],
    ['en-GB, zh;q=0.5', 'en', 'Not possible as things stand'],
    ['de', 'en', 'Not possible as things stand'],
    ['*', 'en', 'Not possible as things stand'],
    [';;q=,', 'en', 'Not possible as things stand'],
  ])('is told in the language that is asked for: %s', async (asked, told, title) => {
    const { body, headers } = await refused(asked);
    expect([headers.get('content-language'), body.title]).toEqual([told, title]);
    expect(headers.get('vary')).toContain('Accept-Language');
  });

  it('says when to come again', async () => {
    for (let i = 0; i < 5; i++) await signIn('butler', 'wrong');
    expect((await signIn('butler')).headers.get('retry-after')).toBe('60');
  });

  it('is of a kind that can be looked up', async () => {
    const { body } = await call('/api/v1/errors');
    const kinds = body.items as { code: string; status: number }[];
    expect(kinds).toContainEqual(expect.objectContaining({ code: 'conflict', status: 409 }));
  });
});

describe('a failure', () => {
  it.each([
    ['invalid', 400],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['unavailable', 503],
  ])('of the domain, %s, is %i with its details, which cannot replace the code', async (code, statusCode) => {
    const answer = await call(`/probe/fails/${code}`);
    expect(answer.status).toBe(statusCode);
    expect(answer.body).toMatchObject({ statusCode, code, message: 'because', holder: 'wang.qiang' });
  });

  it('of Nest keeps its status and message, in the common shape', async () => {
    expect((await call('/probe/fails/nest')).body).toMatchObject({
      statusCode: 404,
      code: 'not-found',
      message: 'no such thing',
    });
    expect((await call('/no/such/route')).body).toMatchObject({ statusCode: 404, code: 'not-found' });
  });

  it('that is a bug tells the client a number only, and the log everything under that number', async () => {
    const { status, body } = await call('/probe/fails/bug');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|secret|domain-error|\.ts/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(body.correlationId);
    expect(logged[0]).toContain('hunter2');
    expect((await call('/probe/fails/string')).status).toBe(500);
  });
});
