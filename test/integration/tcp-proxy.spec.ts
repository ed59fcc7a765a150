import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from '../support/tcp-proxy.js';
import { pause, until } from '../support/until.js';

let server: Server;
let proxy: TcpProxy;
/** What the server has been told, and its ends of the lines. */
let heard = '';
const ends: Socket[] = [];
const clients: Socket[] = [];

beforeEach(async () => {
  heard = '';
  // Says back what it hears.
  server = createServer((socket) => {
    ends.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.before((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const c of [...clients.splice(0), ...ends.splice(0)]) c.destroy();
  await proxy.close();
  server.close();
});

async function client(): Promise<{ socket: Socket; said: () => string; ended: () => string | null }> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let said = '';
  let ended: string | null = null;
  socket.on('data', (bytes) => (said += bytes.toString()));
  socket.on('error', (e: NodeJS.ErrnoException) => (ended = e.code ?? e.message));
  socket.on('close', () => (ended ??= 'closed'));
  await once(socket, 'connect');
  return { socket, said: () => said, ended: () => ended };
}

describe('the proxy of the tests', () => {
  it('passes bytes both ways, and the end of a connection', async () => {
    const a = await client();
    a.socket.write('hello');
    await until('the echo', 5000, () => a.said() === 'hello');
    a.socket.end();
    await until('the end', 5000, () => a.ended() === 'closed');
  });

  it('is silent without closing anything, for those who come meanwhile too, and loses nothing when it goes on', async () => {
    const a = await client();
    a.socket.write('1');
    await until('the echo', 5000, () => a.said() === '1');
    proxy.silence();
    a.socket.write('2');
    const b = await client();
    b.socket.write('b');
    a.socket.write('3');
    await pause(200);
    expect([heard, a.said(), a.ended(), b.ended()]).toEqual(['1', '1', null, null]);
    proxy.resume();
    await until('the rest', 5000, () => a.said() === '123' && b.said() === 'b');
  });

  it('cuts with an RST at both ends', async () => {
    const a = await client();
    a.socket.write('x');
    await until('the echo', 5000, () => a.said() === 'x');
    const end = ends[0] as Socket;
    proxy.cut();
    await until('the resets', 5000, () => a.ended() === 'ECONNRESET' && end.destroyed);
    expect(proxy.open).toBe(0);
    await client();
  });

  it('refuses who is new and keeps who is there, until it allows again on the same port', async () => {
    const a = await client();
    const { port } = proxy;
    await proxy.refuse();
    const refused = connect(port, '127.0.0.1');
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    a.socket.write('still');
    await until('the echo', 5000, () => a.said() === 'still');
    await proxy.allow();
    expect(proxy.port).toBe(port);
    await client();
  });

  it('delays, in order', async () => {
    proxy.delay(80);
    const a = await client();
    const began = performance.now();
    a.socket.write('1');
    a.socket.write('2');
    await until('the echo', 5000, () => a.said() === '12');
    expect(performance.now() - began).toBeGreaterThanOrEqual(155);
  });

  it('loses the answer to what was asked and done', async () => {
    proxy.loseAnswerTo('commit');
    const a = await client();
    a.socket.write('begin');
    await until('the first answer', 5000, () => a.said() === 'begin');
    a.socket.write('commit');
    await until('the cut', 5000, () => a.ended() === 'ECONNRESET');
    expect([heard, a.said(), proxy.answersLost]).toEqual(['begincommit', 'begin', 1]);
    const b = await client();
    b.socket.write('commit');
    await until('an answer', 5000, () => b.said() === 'commit');
  });
});
