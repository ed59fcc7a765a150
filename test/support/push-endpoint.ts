import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

/** A push message as the browser gets it, with what the push service saw. */
export interface PushedMessage {
  readonly payload: Record<string, unknown>;
  readonly ttl: string | undefined;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  /** Claims of the VAPID token, whose signature was checked. */
  readonly claims: { aud: string; exp: number; sub: string };
  /** The public key that it was signed with, base64url. */
  readonly vapidKey: string;
}
export type PushMode = 'takes' | 'hangs' | number;

/**
 * A push service and the browsers behind it: takes messages over HTTPS, checks who signed them (RFC 8292) and decrypts
 * them (RFC 8291) with the browser's own key. Written from the RFCs, with nothing of the library that sends.
 */
export class PushEndpoint {
  readonly got: PushedMessage[] = [];
  /** What was not in order about a request. */
  readonly faults: string[] = [];
  requests = 0;
  mode: PushMode = 'takes';
  private readonly ecdh = createECDH('prime256v1');
  private readonly auth = randomBytes(16);
  private readonly publicKey: Buffer;

  private constructor(
    private readonly server: Server,
    /** PEM of the authority that signed its certificate. */
    readonly ca: string,
  ) {
    this.publicKey = this.ecdh.generateKeys();
  }

  static async start(): Promise<PushEndpoint> {
    const pem = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      keySize: 2048,
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    });
    const server = createServer({ key: pem.private, cert: pem.cert });
    const endpoint = new PushEndpoint(server, pem.cert);
    server.on('request', (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (p: Buffer) => pieces.push(p));
      request.on('end', () => {
        endpoint.requests++;
        if (endpoint.mode === 'hangs') return;
        if (endpoint.mode !== 'takes') return void response.writeHead(endpoint.mode).end('no');
        try {
          endpoint.got.push(endpoint.read(request.headers, Buffer.concat(pieces)));
          response.writeHead(201).end();
        } catch (error) {
          endpoint.faults.push((error as Error).message);
          response.writeHead(400).end();
        }
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return endpoint;
  }

  get origin(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a browser hands to the page after it has subscribed. */
  subscription(name = 'phone'): { endpoint: string; keys: { p256dh: string; auth: string } } {
    return {
      endpoint: `${this.origin}/push/${name}`,
      keys: { p256dh: this.publicKey.toString('base64url'), auth: this.auth.toString('base64url') },
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private read(headers: NodeJS.Dict<string | string[]>, body: Buffer): PushedMessage {
    const header = (name: string): string | undefined => headers[name]?.toString();
    const { claims, vapidKey } = this.signer(header('authorization') ?? '');
    if (header('content-encoding') !== 'aes128gcm') throw new Error(`encoding ${header('content-encoding')}`);
    const payload = JSON.parse(this.decrypt(body).toString('utf8')) as Record<string, unknown>;
    return { payload, ttl: header('ttl'), urgency: header('urgency'), topic: header('topic'), claims, vapidKey };
  }

  private signer(authorization: string): Pick<PushedMessage, 'claims' | 'vapidKey'> {
    const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
    const [head = '', claimsPart = '', signature = ''] = token.split('.');
    const point = Buffer.from(key, 'base64url');
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33, 65).toString('base64url'),
    };
    const good = verify(
      'sha256',
      Buffer.from(`${head}.${claimsPart}`),
      { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    if (!good) throw new Error('the VAPID signature is wrong');
    const claims = JSON.parse(Buffer.from(claimsPart, 'base64url').toString()) as PushedMessage['claims'];
    if (claims.aud !== this.origin) throw new Error(`meant for ${claims.aud}`);
    const leftS = claims.exp - Date.now() / 1000;
    if (leftS < 0 || leftS > 24 * 3600) throw new Error(`expires in ${leftS} s`);
    return { claims, vapidKey: key };
  }

  private decrypt(body: Buffer): Buffer {
    const hmac = (key: Buffer, ...data: (Buffer | string)[]): Buffer => {
      const h = createHmac('sha256', key);
      for (const d of data) h.update(d);
      return h.digest();
    };
    const salt = body.subarray(0, 16);
    const keyLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + keyLength);
    const sealed = body.subarray(21 + keyLength);
    const one = Buffer.from([1]);
    const shared = this.ecdh.computeSecret(sender);
    const ikm = hmac(hmac(this.auth, shared), 'WebPush: info\0', this.publicKey, sender, one);
    const prk = hmac(salt, ikm);
    const cek = hmac(prk, 'Content-Encoding: aes128gcm\0', one).subarray(0, 16);
    const nonce = hmac(prk, 'Content-Encoding: nonce\0', one).subarray(0, 12);
    const decipher = createDecipheriv('aes-128-gcm', cek, nonce).setAuthTag(sealed.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    const end = padded.lastIndexOf(2);
    if (end === -1) throw new Error('no end of the record');
    return padded.subarray(0, end);
  }
}
