import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { EvidenceView } from '../../src/gateway/evidence-views.js';
import { filmWithPosition, jpegWithPosition, tracesOfPosition } from '../../src/tickets/evidence/fake-media.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import type { Refusal, RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(180_000);

const MB = 2 ** 20;
let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
let butler: RestClient;
let ticket: string;
let scanner: string;

const start = async (env: Record<string, string> = {}): Promise<void> => {
  steward = await startedSteward(database, env);
  control = await steward.as('alpha.control-1');
  butler = await steward.as('alpha.butler-1');
};
const duress = async (door: string): Promise<string> => {
  const device = await steward.device(door);
  await device.tell({ position: 'closed', access: 'duress' });
  const found = await until('the ticket', 10_000, async () => (await control.ticketsOf(door))[0]);
  return found!.id;
};

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 4 });
  scanner = join(database.folder, 'scan.mjs');
  const script = `import { readFileSync } from 'node:fs';
    process.exitCode = readFileSync(process.argv[2]).includes('EICAR') ? 1 : 0;`;
  await writeFile(scanner, script);
  await start({ STEWARD_EVIDENCE_SCAN: `${process.execPath} ${scanner}` });
  ticket = await duress('alpha-1-door-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

interface Sent<T> {
  status: number;
  body: T;
}
async function send<T = EvidenceView>(
  who: RestClient,
  body: Buffer,
  query = '',
  id = ticket,
  type = 'image/jpeg',
): Promise<Sent<T>> {
  const answer = await fetch(`${steward.http}/api/v1/tickets/${id}/evidence${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.token}`, 'content-type': type },
    body: new Uint8Array(body),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}
const look = (who: RestClient, hash: string, id = ticket): Promise<Response> =>
  fetch(`${steward.http}/api/v1/tickets/${id}/evidence/${hash}`, { headers: { authorization: `Bearer ${who.token}` } });

/** Every file in the evidence folder. */
async function files(): Promise<string[]> {
  const folder = join(database.folder, 'evidence');
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return all.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(folder.length + 1));
}
const sha256 = (b: Buffer): string => createHash('sha256').update(b).digest('hex');

describe('a photo', () => {
  it('is kept without its position under the hash of its content, journalled, and shown to those on the case', async () => {
    const { status, body } = await send(butler, jpegWithPosition(), '?step=1');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ step: 1, kind: 'photo', mime: 'image/jpeg', state: 'kept', position: 'removed', by: 'alpha.butler-1' },
    });
    const path = join(database.folder, 'evidence', body.sha256.slice(0, 2), body.sha256.slice(2));
    const kept = await readFile(path);
    expect(sha256(kept)).toBe(body.sha256);
    expect(tracesOfPosition(kept)).toEqual([]);
    expect(kept.length).toBe(body.bytes);

    const answer = await look(control, body.sha256);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'content-disposition': 'inline',
      'cache-control': 'private, no-store',
    });
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(body.sha256);
    expect(await database.rows(`select actor, target, details from audit where action = 'evidence.looked-at'`)).toEqual(
      [{ actor: 'alpha.control-1', target: ticket, details: { sha256: body.sha256 } }],
    );
    const { journal } = await control.ticket(ticket);
    expect(journal.filter((l) => l.kind === 'evidence-added').map((l) => l.payload)).toEqual([
      expect.objectContaining({ no: 1, sha256: body.sha256, kind: 'photo', position: 'removed' }),
    ]);
  });

  it('sent again is kept once; of another step it is another piece of evidence in the same file', async () => {
    const count = (await files()).length;
    const again = await send(butler, jpegWithPosition(), '?step=1');
    expect(again.status).toBe(201);
    await send(butler, jpegWithPosition(), '?step=2');
    const { items } = await control.get<{ items: EvidenceView[] }>(`/tickets/${ticket}/evidence`);
    expect(items.map((e) => e.step)).toEqual([1, 2]);
    expect(await files()).toHaveLength(count);
  });

  it('is refused to whoever is not on the case, unread', async () => {
    const [{ sha256: hash } = { sha256: '' }] = (
      await control.get<{ items: EvidenceView[] }>(`/tickets/${ticket}/evidence`)
    ).items;
    for (const [who, code] of [
      ['alpha.butler-3', 403],
      ['alpha.engineer-1', 403],
      ['alpha.contractor-3', 404],
    ] as const) {
      const them = await steward.as(who);
      expect((await look(them, hash)).status).toBe(code);
      expect((await them.ask('GET', `/tickets/${ticket}/evidence`)).status).toBe(code);
      expect((await send(them, jpegWithPosition(false, 7))).status).toBe(code);
    }
    expect((await look(control, 'f'.repeat(64))).status).toBe(404);
    expect((await look(control, '../../secrets/x')).status).toBeGreaterThanOrEqual(400);
  });

  it('lets a step be done that asks for one', async () => {
    const id = await duress('alpha-1-door-2');
    const spec = {
      title: { zh: '门', en: 'Door' },
      steps: [{ key: 'look', title: { zh: '看', en: 'Look' }, role: 'security', required: true, evidence: 'photo' }],
    };
    const supervisor = await steward.as('alpha.supervisor-1');
    const owner = { scope: 'estate', scopeId: 'alpha' };
    await supervisor.ask('PUT', '/procedures/duress/draft', { ...owner, spec });
    await supervisor.post('/procedures/duress/publish', { ...owner, reason: 'a test' });
    const other = await duress('alpha-1-door-3');
    expect(await butler.refused(`/tickets/${other}/steps/1/done`)).toMatchObject({
      status: 400,
      body: { reason: 'evidence is missing', evidence: 'photo' },
    });
    expect((await send(butler, jpegWithPosition(false, 1), '?step=1', other)).status).toBe(201);
    expect(await butler.post(`/tickets/${other}/steps/1/done`)).toMatchObject({ state: 'done' });
    expect((await send(butler, jpegWithPosition(), '?step=9', id)).status).toBe(404);
  });
});

describe('what is refused is refused clearly, and nothing of it is kept', () => {
  let before: string[];
  beforeAll(async () => (before = await files()));
  const unchanged = async (): Promise<void> => {
    expect(await files()).toEqual(before);
    const rows = await database.rows(`select 1 from evidence where mime not in ('image/jpeg', 'video/mp4')`);
    expect(rows).toEqual([]);
  };

  it('a zip bomb named .jpg', async () => {
    const bomb = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(9000)]);
    expect(await send<Refusal>(butler, bomb)).toMatchObject({
      status: 415,
      body: { code: 'wrong-media-type', message: expect.stringContaining('application/zip') },
    });
    await unchanged();
  });

  it('a page, a JSON, nothing at all, half a photo', async () => {
    const half = jpegWithPosition().subarray(0, 600);
    expect((await send<Refusal>(butler, Buffer.from('<html><script>1</script>'), '', ticket, 'text/html')).status).toBe(
      415,
    );
    expect((await send<Refusal>(butler, Buffer.from('{"a":1}'), '', ticket, 'application/json')).status).toBe(400);
    expect((await send<Refusal>(butler, Buffer.alloc(0))).status).toBe(400);
    expect(await send<Refusal>(butler, half)).toMatchObject({ status: 400, body: { reason: 'damaged file' } });
    await unchanged();
  });

  it('a photo of 200 MB: told so at once, when it is announced and when it just comes', async () => {
    for (const announce of [true, false]) {
      const { status, sentMb } = await pour(200, announce);
      expect(status).toBe(413);
      expect(sentMb).toBeLessThan(60);
    }
    await unchanged();
    // The service is none the worse for it.
    expect((await send(butler, jpegWithPosition(), '?step=1')).status).toBe(201);
  });

  it('one that breaks off', async () => {
    const url = new URL(`${steward.http}/api/v1/tickets/${ticket}/evidence`);
    const sending = request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${butler.token}`, 'content-length': String(MB) },
    });
    sending.on('error', () => undefined);
    sending.write(jpegWithPosition());
    await until('it is being taken in', 5000, async () => (await files()).length > before.length);
    sending.destroy();
    await until('it is gone', 5000, async () => (await files()).length === before.length);
    await unchanged();
  });
});

describe('a film', () => {
  it('is kept without its position, and may be larger than a photo', async () => {
    const large = Buffer.concat([filmWithPosition(), Buffer.from([1, 0x40, 0, 0]), Buffer.from('free')]);
    const film = Buffer.concat([large, Buffer.alloc(0x01400000 - 8)]);
    const { status, body } = await send(butler, film, '', ticket, 'video/mp4');
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'film', mime: 'video/mp4', position: 'removed', bytes: film.length });
    const kept = Buffer.from(await (await look(butler, body.sha256)).arrayBuffer());
    expect(tracesOfPosition(kept)).toEqual([]);
  });
});

describe('the house’s scanner', () => {
  it('quarantines what it does not find clean: nobody sees it, no step is done with it', async () => {
    const bad = jpegWithPosition(false, 13);
    const infected = Buffer.from(bad.toString('latin1').replace(' no 13', ' EICAR'), 'latin1');
    const { status, body } = await send(butler, infected, '?step=3');
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'quarantined', reason: 'the scanner ended with 1' });
    expect((await look(control, body.sha256)).status).toBe(409);
    expect(await files()).toContain(join('quarantine', body.sha256));
    const { journal } = await control.ticket(ticket);
    expect(journal.at(-1)).toMatchObject({ kind: 'evidence-added', payload: { state: 'quarantined' } });
  });

  it('that cannot be asked has not said that it is clean', async () => {
    await steward.stop();
    await start({ STEWARD_EVIDENCE_SCAN: '/nowhere/scanner --quick', STEWARD_EVIDENCE_POSITION: 'true' });
    const { body } = await send(butler, jpegWithPosition(false, 14));
    expect(body).toMatchObject({ state: 'quarantined', reason: 'the scanner cannot be asked (ENOENT)' });
  });
});

describe('the position', () => {
  it('stays where it is wanted: the setting allows it and the photo asks for it', async () => {
    await steward.stop();
    await start({ STEWARD_EVIDENCE_POSITION: 'true' });
    const kept = await send(butler, jpegWithPosition(false, 15), '?position=keep');
    expect(kept.body).toMatchObject({ position: 'kept', state: 'kept' });
    const bytes = Buffer.from(await (await look(butler, kept.body.sha256)).arrayBuffer());
    expect(bytes.equals(jpegWithPosition(false, 15))).toBe(true);
    expect((await send(butler, jpegWithPosition(false, 16))).body.position).toBe('removed');
  });

  it('goes where the setting does not allow it, whatever the photo asks for', async () => {
    await steward.stop();
    await start();
    const { body } = await send(butler, jpegWithPosition(false, 17), '?position=keep');
    expect(body.position).toBe('removed');
  });
});

describe('at the end', () => {
  it('a ticket that is over shows its photos to those who answer for it, and takes none when it is closed', async () => {
    const [first] = (await control.get<{ items: EvidenceView[] }>(`/tickets/${ticket}/evidence`)).items;
    await butler.move(ticket, 'accept');
    for (const move of ['on-site', 'resolve', 'close']) await butler.move(ticket, move);
    expect((await send(control, jpegWithPosition(false, 20))).status).toBe(409);
    expect((await look(butler, first!.sha256)).status).toBe(403);
    expect((await look(await steward.as('alpha.supervisor-1'), first!.sha256)).status).toBe(200);
    expect((await files()).filter((f) => f.startsWith('incoming'))).toEqual([]);
    expect(await violations(database)).toEqual([]);
  });
});

/** Sends a JPEG that does not end, as fast as it is taken. @returns the answer, and how much was sent before it came */
function pour(mb: number, announce: boolean): Promise<{ status: number; sentMb: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const sending = request(new URL(`${steward.http}/api/v1/tickets/${ticket}/evidence`), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${butler.token}`,
        'content-type': 'image/jpeg',
        ...(announce ? { 'content-length': String(mb * MB) } : {}),
      },
    });
    let answered = false;
    sending.once('response', (answer) => {
      answered = true;
      resolve({ status: answer.statusCode ?? 0, sentMb: sent / MB });
      sending.destroy();
    });
    sending.on('error', (e) => (answered ? undefined : reject(e)));
    const piece = Buffer.alloc(MB, 0x55);
    const more = (): void => {
      if (answered || sent >= mb * MB) return;
      sent += piece.length;
      if (sending.write(piece)) setImmediate(more);
      else sending.once('drain', more);
    };
    sending.write(jpegWithPosition().subarray(0, 400));
    more();
  });
}
