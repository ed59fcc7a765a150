import { describe, expect, it } from '@jest/globals';
import type { Role } from '../gateway/views.js';
import type { Principal } from './principal.js';
import { SocketSessions } from './socket-sessions.js';

const person = (...roles: Role[]): Principal => ({
  username: 'li.na',
  names: { zh: '李娜', en: 'Li Na' },
  roles: roles.map((role) => ({ estate: 'e1', role })),
});

function opened() {
  const answers = new Map<string, Principal | null | Error>();
  const logouts: ((token: string) => void)[] = [];
  const sessions = new SocketSessions({
    onLogout: (l) => void logouts.push(l),
    authenticate: (token) => {
      const answer = answers.get(token ?? '') ?? null;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  const socket = (token: string) => {
    const s = { ended: 0, handshake: { auth: { token } }, disconnect: () => s.ended++ };
    answers.set(token, person('butler'));
    sessions.watch(s, person('butler'));
    return s;
  };
  return { sessions, answers, socket, logOut: (token: string) => logouts.forEach((l) => l(token)) };
}

describe('a socket lives as long as its session', () => {
  it('ends at once when that session is logged out, and no other does', () => {
    const { sessions, socket, logOut } = opened();
    const [one, same, other] = [socket('a'), socket('a'), socket('b')];
    logOut('a');
    expect([one.ended, same.ended, other.ended]).toEqual([1, 1, 0]);
    sessions.onModuleDestroy();
  });

  it('ends when its session is over elsewhere, or when its roles are not the same any more', async () => {
    const { sessions, answers, socket } = opened();
    const [over, changed, kept, gone] = [socket('over'), socket('changed'), socket('kept'), socket('gone')];
    answers.set('over', null).set('changed', person('butler', 'supervisor')).set('gone', null);
    sessions.forget(gone);
    await sessions.check();
    await sessions.check();
    expect([over.ended, changed.ended, kept.ended, gone.ended]).toEqual([1, 1, 0, 0]);
    sessions.onModuleDestroy();
  });

  it('stays when the database cannot be asked', async () => {
    const { sessions, answers, socket } = opened();
    const s = socket('a');
    answers.set('a', new Error('away'));
    await sessions.check();
    expect(s.ended).toBe(0);
    sessions.onModuleDestroy();
  });
});
