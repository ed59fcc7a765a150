import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Inject, Module, type INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { AddressInfo } from 'node:net';
import { CLOCK, ManualClock } from '../kernel/clock.js';
import { DATABASE } from '../platform/database-token.js';
import { AccessModule } from './access.module.js';
import { AuditService } from './audit.service.js';
import { authenticateSocket } from './authenticate-socket.js';
import { FakeSessionStore } from './fake-session-store.js';
import { Allow } from './http/access-rule.js';
import { hashPassword } from './password.js';
import type { Principal } from './principal.js';
import { SESSION_STORE } from './session-store.port.js';
import { SessionService } from './session.service.js';

@WebSocketGateway({ namespace: 'probe' })
class ProbeGateway {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}
  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      authenticateSocket(this.sessions, socket.handshake).then((principal) => {
        socket.data.principal = principal;
        next();
      }, next);
    });
  }
  @SubscribeMessage('forgotten')
  forgotten(): string {
    return 'secret';
  }
  @SubscribeMessage('anybody')
  @Allow()
  anybody(): string {
    return 'hello';
  }
  @SubscribeMessage('operators')
  @Allow('control-room')
  operators(): string {
    return 'screens';
  }
}

@Global()
@Module({
  providers: [
    { provide: DATABASE, useValue: {} },
    { provide: CLOCK, useClass: ManualClock },
  ],
  exports: [DATABASE, CLOCK],
})
class Surroundings {}

let app: INestApplication;
let base: string;
const open: Socket[] = [];

beforeAll(async () => {
  const store = new FakeSessionStore();
  const principal: Principal = {
    username: 'li.na',
    names: { zh: '李娜', en: 'Li Na' },
    roles: [{ estate: 'e1', role: 'butler' }],
  };
  store.people.set('li.na', { principal, passwordHash: await hashPassword('right'), active: true });
  const module = await Test.createTestingModule({
    imports: [Surroundings, AccessModule.forRoot({ sessionHours: 12 })],
    providers: [ProbeGateway],
  })
    .overrideProvider(SESSION_STORE)
    .useValue(store)
    .overrideProvider(AuditService)
    .useValue({ record: async () => undefined })
    .compile();
  app = module.createNestApplication({ logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const socket of open) socket.close();
  await app.close();
});

const connect = (auth: object): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = io(`${base}/probe`, { auth, transports: ['websocket'], reconnection: false });
    open.push(socket);
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
const signIn = async (): Promise<string> => {
  const r = await app.get(SessionService).login('li.na', 'right', '10.0.0.1');
  return r.ok ? r.value.token : '';
};
/** What the server acknowledges, or that it refuses. */
const ask = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('exception', () => resolve('refused'));
    socket.emit(event, {}, resolve);
  });

describe('a socket', () => {
  it('is never connected for a stranger', async () => {
    await expect(connect({})).rejects.toThrow('Sign in again');
    await expect(connect({ token: 'made-up' })).rejects.toThrow('Sign in again');
  });

  it('may ask for what its role allows, and not for what says nothing about access', async () => {
    const socket = await connect({ token: await signIn() });
    expect(await ask(socket, 'anybody')).toBe('hello');
    expect(await ask(socket, 'operators')).toBe('refused');
    expect(await ask(socket, 'forgotten')).toBe('refused');
  });
});
