import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { failureOf, type OutboundFailure } from './outbound-failure.js';
import { isPublicAddress } from './public-address.js';

export interface OutboundRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** From the first try to connect to the last byte of the answer. */
  readonly timeoutMs?: number;
}

export type OutboundAnswer =
  /** Whatever the status, a redirect too. `text` is cut at 64 KiB. */
  { readonly ok: true; readonly status: number; readonly text: string; readonly tookMs: number } | OutboundFailure;

/** The one way to addresses outside. Never throws, follows no redirect. */
export interface OutboundHttp {
  send(request: OutboundRequest): Promise<OutboundAnswer>;
}
export const OUTBOUND_HTTP = Symbol('OutboundHttp');

/** Whether an address that somebody types in may be used: asked when it is saved. `send` asks again by itself. */
export interface OutboundAddresses {
  /** @returns null = it may; else why not (`bad-url`, `private-address`, `dns`, `timeout`) */
  judge(url: string): Promise<OutboundFailure | null>;
}
export const OUTBOUND_ADDRESSES = Symbol('OutboundAddresses');

export interface OutboundOptions {
  /** Also to loopback, private and link-local addresses: a gateway in the company's own network. */
  readonly allowPrivate: boolean;
  /** PEM certificates trusted besides those that Node knows. */
  readonly ca?: string | undefined;
  /** Finds a name's addresses; the system's unless a test plays a name that changes its meaning. */
  readonly resolve?: (host: string) => Promise<LookupAddress[]>;
}

const TIMEOUT_MS = 10_000;
const JUDGE_MS = 5000;
const MOST_BYTES = 64 * 1024;
/** One receiver that hangs holds so many connections, and those of no other. */
const SOCKETS_PER_RECEIVER = 32;
/** Shorter than what common servers keep (nginx 75 s, Apache 5 s): whoever closes first loses no request. */
const KEPT_OPEN_MS = 4000;
/** The receiver closed a kept connection as the request went out: it has not been read. */
const STALE = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Requests to webhooks and push services whose addresses people have typed in. The address is judged when the connection
 * is made, not before: a name may mean another one by then.
 */
export class NodeOutboundHttp implements OutboundHttp, OutboundAddresses {
  private readonly agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  /** One question a name at a time: the system's resolver has four threads, and files share them. */
  private readonly asked = new Map<string, Promise<LookupAddress[]>>();

  constructor(private readonly options: OutboundOptions) {
    const pool = { keepAlive: true, maxSockets: SOCKETS_PER_RECEIVER, timeout: KEPT_OPEN_MS };
    const secureContext = createSecureContext(options.ca ? { ca: [...rootCertificates, options.ca] } : {});
    const secure = { ...pool, secureContext };
    this.agents = { 'http:': new http.Agent(pool), 'https:': new https.Agent(secure) };
  }

  async send(q: OutboundRequest): Promise<OutboundAnswer> {
    const began = performance.now();
    const url = this.readable(q.url);
    if (!(url instanceof URL)) return url;
    const first = await this.attempt(url, q, began);
    return first === 'stale' ? ((await this.attempt(url, q, began)) as OutboundAnswer) : first;
  }

  async judge(text: string): Promise<OutboundFailure | null> {
    const url = this.readable(text);
    if (!(url instanceof URL)) return url;
    // Inside the company a name may mean something only where it is used.
    if (this.options.allowPrivate || isIP(hostOf(url))) return null;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<OutboundFailure>((resolve) => {
      timer = setTimeout(() => resolve(timeout(JUDGE_MS)), JUDGE_MS);
    });
    try {
      return await Promise.race([this.addressesOf(hostOf(url)).then(() => null), tooLate]);
    } catch (e) {
      return failureOf(e);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connections that were kept open. */
  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  private readable(text: string): URL | OutboundFailure {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      return { ok: false, why: 'bad-url', detail: 'not an http or https address' };
    // It would stand in logs and delivery lists.
    if (url.username || url.password)
      return { ok: false, why: 'bad-url', detail: 'an address must not hold a user name or a password' };
    const host = hostOf(url);
    if (isIP(host) && !this.mayReach(host)) return failureOf(privateAddress(host, host));
    return url;
  }

  /** @returns `stale` when it fell on a connection that the receiver was just closing, and may be tried once more */
  private attempt(url: URL, q: OutboundRequest, began: number): Promise<OutboundAnswer | 'stale'> {
    return new Promise((resolve) => {
      const limitMs = q.timeoutMs ?? TIMEOUT_MS;
      const secure = url.protocol === 'https:';
      let request: http.ClientRequest | null = null;
      const end = (answer: OutboundAnswer | 'stale', leave = false): void => {
        clearTimeout(timer);
        resolve(answer);
        if (!leave) request?.destroy();
      };
      const timer = setTimeout(() => end(timeout(limitMs)), Math.max(0, limitMs - (performance.now() - began)));
      const broken = (e: unknown): void => {
        const stale = request?.reusedSocket && STALE.has((e as NodeJS.ErrnoException).code ?? '');
        end(stale ? 'stale' : failureOf(e));
      };
      try {
        request = (secure ? https : http).request(url, {
          method: q.method,
          headers: { 'user-agent': 'Steward', ...q.headers },
          agent: this.agents[secure ? 'https:' : 'http:'],
          lookup: this.lookup,
        });
        request.on('response', (answer) => {
          const pieces: Buffer[] = [];
          let bytes = 0;
          const told = (leave: boolean): void => {
            const text = Buffer.concat(pieces).subarray(0, MOST_BYTES).toString('utf8');
            end({ ok: true, status: answer.statusCode ?? 0, text, tookMs: performance.now() - began }, leave);
          };
          answer.on('data', (piece: Buffer) => {
            pieces.push(piece);
            bytes += piece.length;
            if (bytes >= MOST_BYTES) told(false);
          });
          answer.on('end', () => told(true));
          answer.on('error', broken);
        });
        request.on('error', broken);
        request.on('close', () => end(failureOf(new Error('closed without an answer')), true));
        request.end(q.body);
      } catch (e) {
        // Node refuses a header that holds a line end, and the like.
        end({ ok: false, why: 'bad-url', detail: (e as Error).message });
      }
    });
  }

  private readonly mayReach = (address: string): boolean => this.options.allowPrivate || isPublicAddress(address);

  private async addressesOf(host: string): Promise<LookupAddress[]> {
    let found = this.asked.get(host);
    if (!found) {
      found = (this.options.resolve ?? systemAddresses)(host).finally(() => this.asked.delete(host));
      this.asked.set(host, found);
    }
    const all = await found;
    const good = all.filter((a) => this.mayReach(a.address));
    if (good.length === 0) throw privateAddress(host, all[0]?.address ?? 'nothing');
    return good;
  }

  private readonly lookup: LookupFunction = (host, options, done) => {
    this.addressesOf(host).then(
      (found) => {
        const family = Number(options.family ?? 0);
        const fitting = family === 4 || family === 6 ? found.filter((a) => a.family === family) : found;
        const [first] = fitting;
        if (!first) return done(Object.assign(new Error(`${host} was not found`), { code: 'ENOTFOUND' }), '', 0);
        if (options.all) return done(null, fitting);
        return done(null, first.address, first.family);
      },
      (e: NodeJS.ErrnoException) => done(e, '', 0),
    );
  };
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
const timeout = (ms: number): OutboundFailure => ({ ok: false, why: 'timeout', detail: `no answer within ${ms} ms` });
const privateAddress = (host: string, address: string): Error =>
  Object.assign(new Error(`${host} is not an address outside (${address})`), { code: 'EPRIVATE' });

const systemAddresses = (host: string): Promise<LookupAddress[]> =>
  new Promise((resolve, reject) => {
    systemLookup(host, { all: true, verbatim: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
