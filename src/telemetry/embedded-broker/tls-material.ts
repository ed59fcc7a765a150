import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { Logger } from '@nestjs/common';
import { generate } from 'selfsigned';
import { DomainError } from '../../kernel/domain-error.js';

const DAY_MS = 86_400_000;
const VALID_DAYS = 397;
/** A generated certificate is renewed when it ends within this time. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
const LOOK_EVERY_MS = 60_000;

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFiles {
  /** Both given, or neither: then a certificate is made and kept in `folder`. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly folder: string;
}

/** Certificate and key of the TLS listeners: given, or made here. Follows its files while the service runs. */
export class TlsMaterial {
  private readonly log = new Logger(TlsMaterial.name);
  private readonly listeners: ((pem: Pem) => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private seen = '';

  private constructor(
    private readonly files: { cert: string; key: string; generated: boolean },
    private current: Pem,
  ) {}

  /** @throws DomainError when given files cannot be read or do not belong together */
  static async open(files: TlsFiles, now: number): Promise<TlsMaterial> {
    const { certFile, keyFile } = files;
    if (certFile && keyFile) return TlsMaterial.load({ cert: certFile, key: keyFile, generated: false });
    const at = { cert: join(files.folder, 'cert.pem'), key: join(files.folder, 'key.pem'), generated: true };
    await renewIfNeeded(at, now);
    return TlsMaterial.load(at);
  }

  private static async load(at: { cert: string; key: string; generated: boolean }): Promise<TlsMaterial> {
    const pem = await readPem(at).catch((e: Error) => {
      throw new DomainError(
        'invalid',
        `The certificate ${at.cert} with the key ${at.key} cannot be used: ${e.message}`,
      );
    });
    const material = new TlsMaterial(at, pem);
    material.seen = await stamp(at);
    return material;
  }

  get pem(): Pem {
    return this.current;
  }

  /** SHA-256 of the certificate, as devices pin it. */
  get fingerprint(): string {
    return new X509Certificate(this.current.cert).fingerprint256;
  }

  onChanged(listener: (pem: Pem) => void): void {
    this.listeners.push(listener);
  }

  /** Looks for changed files, and for a generated certificate that nears its end. */
  watch(clock: () => number = Date.now, everyMs = LOOK_EVERY_MS): void {
    this.timer = setInterval(() => void this.look(clock()), everyMs);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** @returns whether another certificate is in use now. What cannot be used is reported, and the old one kept. */
  async look(now: number): Promise<boolean> {
    try {
      if (this.files.generated) await renewIfNeeded(this.files, now);
      const seen = await stamp(this.files);
      if (seen === this.seen) return false;
      this.seen = seen;
      this.current = await readPem(this.files);
    } catch (error) {
      this.log.error(`The certificate ${this.files.cert} was not reloaded: ${(error as Error).message}`);
      return false;
    }
    this.log.log(`certificate reloaded, SHA-256 ${this.fingerprint}`);
    for (const listener of this.listeners) listener(this.current);
    return true;
  }
}

async function readPem(at: { cert: string; key: string }): Promise<Pem> {
  const [cert, key] = await Promise.all([readFile(at.cert, 'utf8'), readFile(at.key, 'utf8')]);
  // Throws when they do not belong together.
  createSecureContext({ cert, key });
  return { cert, key };
}

const stamp = async (at: { cert: string; key: string }): Promise<string> => {
  const [c, k] = await Promise.all([stat(at.cert), stat(at.key)]);
  return `${c.mtimeMs} ${c.size} ${k.mtimeMs} ${k.size}`;
};

async function renewIfNeeded(at: { cert: string; key: string }, now: number): Promise<void> {
  const old = await readPem(at).catch(() => null);
  if (old && Date.parse(new X509Certificate(old.cert).validTo) - now > RENEW_BEFORE_MS) return;
  const names = ['localhost', hostname()];
  const addresses = Object.values(networkInterfaces()).flatMap((n) => (n ?? []).map((i) => i.address.split('%')[0]));
  const pems = await generate([{ name: 'commonName', value: hostname() }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...[...new Set(names)].map((value) => ({ type: 2 as const, value })),
          ...[...new Set(['127.0.0.1', '::1', ...addresses])].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  const folder = join(at.key, '..');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await put(at.key, pems.private);
  await put(at.cert, pems.cert);
}

/** A reader sees the old file or the new one; others than the owner see none. */
async function put(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}
