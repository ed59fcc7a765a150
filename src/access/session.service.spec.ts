import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../kernel/clock.js';
import type { AuditEntry } from './audit.service.js';
import { authenticateSocket } from './authenticate-socket.js';
import { sha256Hex } from './device-credentials.js';
import { FakeSessionStore } from './fake-session-store.js';
import { hashPassword } from './password.js';
import { SessionService } from './session.service.js';

// Real password hashes, dozens of them, on a machine that may be busy.
jest.setTimeout(30_000);

const principal = {
  username: 'li.na',
  names: { zh: '李娜', en: 'Li Na' },
  roles: [{ estate: 'e1', role: 'butler' as const }],
};
let passwordHash: string;
let store: FakeSessionStore;
let clock: ManualClock;
let audited: AuditEntry[];
let sessions: SessionService;

beforeAll(async () => {
  passwordHash = await hashPassword('right');
});
beforeEach(() => {
  store = new FakeSessionStore();
  store.people.set('li.na', { principal, passwordHash, active: true });
  clock = new ManualClock();
  audited = [];
  const record = async (e: AuditEntry): Promise<void> => void audited.push(e);
  sessions = new SessionService(store, { record }, clock, 12);
});

const login = async (password = 'right', username = 'li.na', ip = '10.0.0.1'): Promise<string> => {
  const r = await sessions.login(username, password, ip);
  return r.ok ? r.value.token : r.error.reason;
};

describe('sign-in', () => {
  it('gives a token that says who this is, until it expires', async () => {
    const result = await sessions.login('li.na', 'right', '10.0.0.1');
    if (!result.ok) throw new Error(result.error.reason);
    expect(result.value.expiresAt).toBe(clock.now() + 12 * 3_600_000);
    expect(await sessions.authenticate(result.value.token)).toEqual(principal);
    clock.advance(12 * 3_600_000);
    expect(await sessions.authenticate(result.value.token)).toBeNull();
  });

  it('stores only the hash of the token', async () => {
    const token = await login();
    expect([...store.sessions.keys()]).toEqual([sha256Hex(token)]);
    expect(JSON.stringify([...store.sessions.values()])).not.toContain(token);
  });

  it('refuses a wrong password, an unknown name and a person who left alike', async () => {
    store.people.set('left', { principal, passwordHash, active: false });
    expect(await login('wrong')).toBe('wrong-credentials');
    expect(await login('right', 'nobody')).toBe('wrong-credentials');
    expect(await login('right', 'left')).toBe('wrong-credentials');
  });

  it('takes about as long for an unknown name as for a wrong password', async () => {
    await login('x', 'nobody'); // the decoy is hashed at the first one
    const took = async (username: string): Promise<number> => {
      const from = performance.now();
      await login('x', username);
      return performance.now() - from;
    };
    const known = await took('li.na');
    const unknown = await took('nobody');
    expect(unknown).toBeGreaterThan(known / 5); // without a decoy it is some thousand times less
  });

  it('closes after five wrong tries in a minute, also for the right password, for this name and address only', async () => {
    for (let i = 0; i < 5; i++) expect(await login('wrong')).toBe('wrong-credentials');
    expect(await login('right')).toBe('throttled');
    expect(await login('right', 'li.na', '10.0.0.2')).toHaveLength(43);
    clock.advance(60_000);
    expect(await login('right')).toHaveLength(43);
  });

  it('lets at most five of many guesses sent at once be tried', async () => {
    const guesses = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'right'];
    const answers = await Promise.all(guesses.map((g) => login(g)));
    expect(answers.filter((a) => a === 'wrong-credentials')).toHaveLength(5);
    expect(answers.filter((a) => a === 'throttled')).toHaveLength(3);
  });

  it('lets the same person in many times at once with the right password', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => login()));
    expect(new Set(tokens).size).toBe(8);
    expect(tokens.every((t) => t.length === 43)).toBe(true);
  });

  it('leaves a trace of each sign-in and sign-out and of a closed door', async () => {
    await sessions.logout(await login());
    for (let i = 0; i < 5; i++) await login('wrong');
    expect(audited.map((a) => a.action)).toEqual(['session.opened', 'session.closed', 'session.refused']);
    expect(audited.every((a) => a.target === 'li.na')).toBe(true);
  });
});

describe('a session', () => {
  it('is worth nothing at once after the sign-out, though it was remembered', async () => {
    const token = await login();
    expect(await sessions.authenticate(token)).toEqual(principal);
    await sessions.logout(token);
    expect(await sessions.authenticate(token)).toBeNull();
  });

  it('is not remembered by an answer that was under way while it was closed', async () => {
    const token = await login();
    const slow = store.find.bind(store);
    let release = (): void => undefined;
    const held = new Promise<void>((r) => (release = r));
    store.find = async (...args) => {
      const found = await slow(...args);
      await held;
      return found;
    };
    const underWay = sessions.authenticate(token);
    await sessions.logout(token);
    release();
    await underWay;
    store.find = slow;
    expect(await sessions.authenticate(token)).toBeNull();
  });

  it('is looked up once in five seconds, and then with the roles of that moment', async () => {
    const token = await login();
    for (let i = 0; i < 10; i++) await sessions.authenticate(token);
    expect(store.lookups).toBe(1);
    store.people.set('li.na', { principal: { ...principal, roles: [] }, passwordHash, active: true });
    clock.advance(5000);
    expect((await sessions.authenticate(token))?.roles).toEqual([]);
  });

  it('is nobody for a missing, made-up or endless token', async () => {
    expect(await sessions.authenticate(undefined)).toBeNull();
    expect(await sessions.authenticate('')).toBeNull();
    expect(await sessions.authenticate('made-up')).toBeNull();
    expect(await sessions.authenticate('x'.repeat(100_000))).toBeNull();
  });

  it('opens a socket for its holder and for nobody else', async () => {
    const token = await login();
    expect(await authenticateSocket(sessions, { auth: { token } })).toEqual(principal);
    for (const handshake of [{}, { auth: {} }, { auth: { token: 'made-up' } }, { auth: { token: { $ne: '' } } }]) {
      await expect(authenticateSocket(sessions, handshake)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});
