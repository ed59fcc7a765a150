import { afterEach, describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createPlainServer, type AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { NodeOutboundHttp, type OutboundOptions } from '../../src/platform/outbound-http.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function outbound(options: Partial<OutboundOptions> = {}): NodeOutboundHttp {
  const made = new NodeOutboundHttp({ allowPrivate: true, ...options });
  closing.push(() => made.close());
  return made;
}

async function served(server: Server | ReturnType<typeof createPlainServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
const receiver = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await served(createServer(answer))}`;
const at = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });

describe('a request outside', () => {
  it('brings the body and the headers, and the answer back with its status', async () => {
    const url = await receiver((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        response.statusCode = 418;
        response.end(JSON.stringify({ body, length: request.headers['content-length'], x: request.headers['x-test'] }));
      });
    });
    const answer = await outbound().send({ url, method: 'POST', headers: { 'x-test': '1' }, body: '管家' });
    expect(answer).toMatchObject({ ok: true, status: 418, tookMs: expect.any(Number) });
    expect(JSON.parse(answer.ok ? answer.text : '')).toEqual({ body: '管家', length: '6', x: '1' });
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const url = await receiver((_, response) => {
      asked++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await outbound().send({ url, method: 'GET' })).toMatchObject({ ok: true, status: 302 });
    expect(asked).toBe(1);
  });

  it('uses a connection again, and asks once more when the receiver has just closed it', async () => {
    const connections = new Set<unknown>();
    let answered = 0;
    const server = createServer((request, response) => {
      connections.add(request.socket);
      // The second request of a connection is never answered: it is closed.
      if (answered++ === 1) request.socket.destroy();
      else response.end('ok');
    });
    const url = `http://127.0.0.1:${await served(server)}`;
    const http = outbound();
    for (let i = 0; i < 2; i++) expect(await http.send({ url, method: 'GET' })).toMatchObject({ ok: true, text: 'ok' });
    expect([connections.size, answered]).toEqual([2, 3]);
    expect(await http.send({ url, method: 'GET' })).toMatchObject({ ok: true });
    expect(connections.size).toBe(2);
  });

  it('reads at most 64 KiB of an answer without an end', async () => {
    const url = await receiver((_, response) => {
      const more = (): void =>
        void (response.write('x'.repeat(16_384)) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    const answer = await outbound().send({ url, method: 'GET' });
    expect(answer.ok && answer.text.length).toBe(65_536);
  });
});

describe('a receiver that does not answer', () => {
  it.each([
    ['says nothing', (): void => undefined],
    ['never ends its answer', (_: unknown, r: { write(text: string): void }) => r.write('a')],
  ])('and %s costs its time and no more', async (_, answer) => {
    const url = await receiver(answer as RequestListener);
    const began = performance.now();
    expect(await outbound().send({ url, method: 'GET', timeoutMs: 150 })).toEqual({
      ok: false,
      why: 'timeout',
      detail: 'no answer within 150 ms',
    });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('is told from one that is not there, one without a name, one that speaks no HTTP and one that lies', async () => {
    const gone = createPlainServer();
    const port = await served(gone);
    await new Promise((resolve) => gone.close(resolve));
    const http = outbound();
    const why = async (url: string): Promise<unknown> => http.send({ url, method: 'GET' }).then((a) => !a.ok && a.why);
    expect(await why(`http://127.0.0.1:${port}/`)).toBe('refused');
    expect(await why('http://no-such-name.invalid/')).toBe('dns');
    expect(await why(`http://127.0.0.1:${await served(createPlainServer((s) => s.end('hello\r\n')))}`)).toBe(
      'unreachable',
    );
    const short = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfew';
    expect(await why(`http://127.0.0.1:${await served(createPlainServer((s) => s.end(short)))}`)).toBe('unreachable');
    expect(await why(`http://127.0.0.1:${await served(createPlainServer((s) => s.end()))}`)).toBe('unreachable');
  });

  it('takes nothing from the others: 40 hang at one address, another answers at once', async () => {
    const hanging = await receiver(() => undefined);
    const good = await receiver((_, response) => void response.end('ok'));
    const http = outbound();
    const held = Array.from({ length: 40 }, () => http.send({ url: hanging, method: 'POST', timeoutMs: 1500 }));
    expect(await http.send({ url: good, method: 'POST', timeoutMs: 1000 })).toMatchObject({ ok: true });
    expect((await Promise.all(held)).every((a) => !a.ok && a.why === 'timeout')).toBe(true);
  });
});

describe('an address inside', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://192.168.1.1/',
    'http://localhost/',
  ])('%s is refused, when it is saved and when it is used', async (url) => {
    const http = outbound({ allowPrivate: false });
    expect(await http.judge(url)).toMatchObject({ ok: false, why: 'private-address' });
    expect(await http.send({ url, method: 'GET' })).toMatchObject({ ok: false, why: 'private-address' });
  });

  it('is refused when a name comes to mean it after it was looked at', async () => {
    let asked = 0;
    const url = await receiver((_, response) => {
      asked++;
      response.end('inside');
    });
    const port = new URL(url).port;
    let meaning = [at('93.184.216.34')];
    const http = outbound({ allowPrivate: false, resolve: () => Promise.resolve(meaning) });
    expect(await http.judge(`http://robot.example:${port}/`)).toBeNull();
    meaning = [at('127.0.0.1'), at('::1')];
    const answer = await http.send({ url: `http://robot.example:${port}/`, method: 'POST', body: '{}' });
    expect(answer).toMatchObject({ ok: false, why: 'private-address' });
    expect(asked).toBe(0);
  });

  it('is reached where that is allowed', async () => {
    const url = await receiver((_, response) => void response.end('gateway'));
    const named = url.replace('127.0.0.1', 'gateway.internal');
    const http = outbound({ resolve: () => Promise.resolve([at('127.0.0.1')]) });
    expect(await http.judge(named)).toBeNull();
    expect(await http.send({ url: named, method: 'GET' })).toMatchObject({ ok: true, text: 'gateway' });
  });

  it.each([
    ['ftp://example.com/', 'not an http'],
    ['file:///etc/passwd', 'not an http'],
    ['no address', 'not an http'],
    ['http://user:secret@example.com/', 'password'],
  ])('%s is no address for it', async (url, words) => {
    const http = outbound();
    for (const answer of [await http.judge(url), await http.send({ url, method: 'GET' })]) {
      expect(answer).toMatchObject({ ok: false, why: 'bad-url', detail: expect.stringContaining(words) });
      expect(JSON.stringify(answer)).not.toContain('secret');
    }
  });

  it('and a header that holds a line end makes no request', async () => {
    const url = await receiver((_, response) => void response.end());
    const answer = await outbound().send({ url, method: 'GET', headers: { 'x-a': 'b\r\nx-c: d' } });
    expect(answer).toMatchObject({ ok: false, why: 'bad-url' });
  });
});

describe('TLS', () => {
  it('is trusted by the authorities that are known, and by one that was given', async () => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const server = createSecureServer({ key: pems.private, cert: pems.cert }, (_, response) => void response.end('ok'));
    const url = `https://localhost:${await served(server)}/`;
    const resolve = (): Promise<LookupAddress[]> => Promise.resolve([at('127.0.0.1')]);
    expect(await outbound({ resolve }).send({ url, method: 'GET' })).toMatchObject({ ok: false, why: 'tls' });
    expect(await outbound({ resolve, ca: pems.cert }).send({ url, method: 'GET' })).toMatchObject({ ok: true });
    const other = url.replace('localhost', 'other.example');
    expect(await outbound({ resolve, ca: pems.cert }).send({ url: other, method: 'GET' })).toMatchObject({
      ok: false,
      why: 'tls',
    });
  });
});
