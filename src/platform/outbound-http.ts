import http from 'node:http';
import https from 'node:https';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
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
  /** `text` is cut at 64 KiB. */
  | { readonly ok: true; readonly status: number; readonly text: string; readonly tookMs: number }
  | {
      readonly ok: false;
      readonly why: 'timeout' | 'unreachable' | 'private-address' | 'bad-url' | 'tls';
      readonly detail: string;
    };

/** The one way to addresses outside. Never throws, follows no redirect. */
export interface OutboundHttp {
  send(request: OutboundRequest): Promise<OutboundAnswer>;
}

export const OUTBOUND_HTTP = Symbol('OutboundHttp');

export interface OutboundOptions {
  /** Also to loopback, private and link-local addresses: a gateway in the company's own network. */
  readonly allowPrivate: boolean;
  /** PEM certificates trusted besides the system's. */
  readonly ca?: string;
}

const TIMEOUT_MS = 10_000;
const MOST_TEXT = 64 * 1024;

/**
 * Requests to webhooks and push services whose addresses people have typed in. The address is judged when the connection
 * is made, not before: a name may mean another one by then.
 */
export class NodeOutboundHttp implements OutboundHttp {
  constructor(private readonly options: OutboundOptions) {}

  send(q: OutboundRequest): Promise<OutboundAnswer> {
    const began = performance.now();
    return new Promise((resolve) => {
      const fail = (why: (OutboundAnswer & { ok: false })['why'], detail: string): void =>
        resolve({ ok: false, why, detail });
      const url = URL.canParse(q.url) ? new URL(q.url) : null;
      if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
        return fail('bad-url', 'not an http(s) address, or one with a password in it');
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) && !this.mayReach(host)) return fail('private-address', `${host} is not a public address`);
      const make = url.protocol === 'https:' ? https.request : http.request;
      const signal = AbortSignal.timeout(q.timeoutMs ?? TIMEOUT_MS);
      const request = make(
        url,
        {
          method: q.method,
          headers: q.headers ?? {},
          signal,
          lookup: this.lookup,
          ...(this.options.ca ? { ca: this.options.ca } : {}),
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (piece: string) => {
            if (text.length < MOST_TEXT) text = (text + piece).slice(0, MOST_TEXT);
          });
          answer.on('end', () =>
            resolve({ ok: true, status: answer.statusCode ?? 0, text, tookMs: performance.now() - began }),
          );
          answer.on('error', (e) => fail(signal.aborted ? 'timeout' : 'unreachable', e.message));
        },
      );
      request.on('error', (e: NodeJS.ErrnoException) => {
        if (signal.aborted) return fail('timeout', `no answer within ${q.timeoutMs ?? TIMEOUT_MS} ms`);
        if (e.code === 'EPRIVATE') return fail('private-address', e.message);
        return fail(/CERT|TLS|SSL|SIGNATURE/.test(e.code ?? '') ? 'tls' : 'unreachable', e.message);
      });
      request.end(q.body);
    });
  }

  private readonly mayReach = (address: string): boolean => this.options.allowPrivate || isPublicAddress(address);

  private readonly lookup: LookupFunction = (host, options, done) => {
    systemLookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, '', 0);
      const good = found.filter((f) => this.mayReach(f.address));
      const [first] = good;
      if (!first) return done(Object.assign(new Error(`${host} is no public address`), { code: 'EPRIVATE' }), '', 0);
      if (options.all) return done(null, good);
      return done(null, first.address, first.family);
    });
  };
}
