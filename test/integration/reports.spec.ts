import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MonthlyFiguresView } from '../../src/gateway/report-views.js';
import type { Role } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import { pdfText } from '../support/pdf-text.js';
import { startedSteward, signIn, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(120_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WHO: readonly [Role, string][] = [
  ['control-room', 'control-1'],
  ['butler', 'butler-1'],
  ['security', 'security-1'],
  ['engineer', 'engineer-1'],
  ['supervisor', 'supervisor-1'],
  ['project-manager', 'manager-1'],
  ['contractor', 'contractor-1'],
];
const MAY: readonly Role[] = ['control-room', 'supervisor', 'project-manager'];
const NASTY = `=HYPERLINK("http://x") <script>alert(1)</script>`;

let database: TestDatabase;
let steward: StartedSteward;
let ticket: string;
const month = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit' }).format(
  new Date(),
);

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta' });
  steward = await startedSteward(database);
  const lift = await steward.device('alpha-1-lift-1');
  await lift.tell({ alarmButton: false, door: 'closed', doorZone: true, floor: 3 });
  for (const alarmButton of [true, false, true])
    await lift.tell({ alarmButton, door: 'closed', doorZone: true, floor: 3 });
  const control = await steward.as('alpha.control-1');
  const butler = await steward.as('alpha.butler-1');
  const found = await until('the ticket', 10_000, async () => (await control.ticketsOf('alpha-1-lift-1'))[0]);
  ticket = found.id;
  await steward.advance(31_000);
  await until('the butler’s page', 10_000, async () =>
    (await control.ticket(ticket)).pages.find((p) => p.person === 'alpha.butler-1'),
  );
  await butler.move(ticket, 'accept', { slot: 'responder' });
  await butler.move(ticket, 'en-route');
  await butler.move(ticket, 'on-site');
  const door = await steward.device('alpha-1-door-1');
  await door.tell({ position: 'closed' });
  await door.tell({ position: 'closed', access: 'duress' });
  const duress = await until('the other ticket', 10_000, async () => (await control.ticketsOf('alpha-1-door-1'))[0]);
  await control.move(duress.id, 'false-alarm', { reason: NASTY });
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

async function get(
  who: string,
  path: string,
  headers: Record<string, string> = {},
  http = steward.http,
): Promise<Response> {
  const authorization = `Bearer ${await signIn(database, who)}`;
  return fetch(`${http}/api/v1${path}`, { headers: { authorization, ...headers } });
}
const csv = (text: string): Record<string, string>[] => parse(text, { bom: true, columns: true });

describe('the report of a ticket', () => {
  it('is a page that stands alone and may do nothing', async () => {
    const answer = await get('alpha.supervisor-1', `/tickets/${ticket}/report`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const html = await answer.text();
    expect(html).toContain('lang="zh-CN"');
    expect(html).toContain('名alpha.butler-1 接单,担任处置人');
    expect(html).toContain('npm run journal:verify -- --estate alpha --ticket T-');
    const english = await (await get('alpha.control-1', `/tickets/${ticket}/report?lang=en&format=html`)).text();
    expect(english).toContain('alpha.butler-1 accepted as responder');
    expect(english).toContain('The ticket is not over');
  });

  it('is a PDF made in a thread of its own, while the service goes on', async () => {
    const making = get('alpha.manager-1', `/tickets/${ticket}/report?format=pdf&lang=en`);
    let slowest = 0;
    let answer: Response | null = null;
    void making.then((a) => (answer = a));
    while (answer === null) {
      const begun = performance.now();
      await (await fetch(`${steward.http}/healthz`)).text();
      slowest = Math.max(slowest, performance.now() - begun);
      await pause(20);
    }
    const pdf = await making;
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const text = pdfText(Buffer.from(await pdf.arrayBuffer()));
    expect(text).toContain('Rescue report');
    expect(text).toContain('Alarm button in the car');
    expect(slowest).toBeLessThan(1000);
  });

  it('says what to install where there is no font; the page is there all the same', async () => {
    const other = await startedSteward(database, { STEWARD_REPORT_FONT: '/nowhere/font.ttf' });
    try {
      const pdf = await get('alpha.supervisor-1', `/tickets/${ticket}/report?format=pdf`, {}, other.http);
      expect(pdf.status).toBe(503);
      expect(await pdf.json()).toMatchObject({
        code: 'unavailable',
        reason: 'no font',
        message: expect.stringContaining('fonts-noto-cjk'),
      });
      expect((await get('alpha.supervisor-1', `/tickets/${ticket}/report`, {}, other.http)).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  it('is compared with the chain by one command, as the report says', async () => {
    const html = await (await get('alpha.control-1', `/tickets/${ticket}/report?lang=en`)).text();
    const [, args = ''] = /npm run journal:verify -- ([^<]+)</.exec(html) ?? [];
    const [, digest = ''] = /Digest of its lines<\/dt><dd>([0-9a-f]{64})</.exec(html) ?? [];
    const verify = (words: string[]): Promise<{ code: number; out: string; err: string }> =>
      new Promise((resolve) => {
        const env = { ...process.env, DATABASE_URL: database.url };
        execFile(
          process.execPath,
          ['dist/src/workflow/journal-verify-cli.js', ...words],
          { cwd: ROOT, env },
          (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
        );
      });
    const words = args.trim().split(' ');
    const sound = await verify(words);
    expect(sound).toMatchObject({ code: 0, err: '' });
    expect(sound.out).toMatch(/alpha: \d+ lines, unbroken\nalpha: line \d+ is the one expected\n/);
    expect(sound.out).toContain(`digest ${digest}`);
    const other = await verify([...words.slice(0, -1), `1:${'0'.repeat(64)}`]);
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/^alpha: line 1 has the hash [0-9a-f]{64}, not the one expected\n$/);
    expect((await verify(['--estate', 'alpha', '--ticket', 'T-1999-0001'])).code).toBe(1);
    expect((await verify(['--ticket', 'T-1999-0001'])).code).toBe(2);
    expect((await verify(['--estate', 'alpha', '--expect', 'what'])).code).toBe(2);
  });

  it('refuses what it does not know, and leaves a line in the audit for each that was made', async () => {
    for (const query of ['format=doc', 'lang=de'])
      expect((await get('alpha.supervisor-1', `/tickets/${ticket}/report?${query}`)).status).toBe(400);
    expect((await get('alpha.supervisor-1', '/tickets/00000000-0000-7000-8000-000000000000/report')).status).toBe(404);
    const made = await database.rows(
      `select distinct actor from audit where action = 'report.made' and target = '${ticket}'`,
    );
    expect(made.map((r) => r['actor'])).toContain('alpha.manager-1');
  });
});

describe('who may have reports', () => {
  it.each(WHO)('%s', async (role, who) => {
    const expected = MAY.includes(role) ? 200 : 403;
    const paths = [
      `/tickets/${ticket}/report`,
      '/estates/alpha/figures',
      '/exports/tickets?estate=alpha',
      '/exports/alarms?estate=alpha',
    ];
    for (const path of paths) {
      expect({ path, status: (await get(`alpha.${who}`, path)).status }).toEqual({ path, status: expected });
      // To somebody of another estate it does not exist.
      const foreign =
        path.startsWith('/estates') || path.startsWith('/tickets') || path.startsWith('/exports')
          ? MAY.includes(role)
            ? 404
            : 403
          : 404;
      expect({ path, status: (await get(`beta.${who}`, path)).status }).toEqual({ path, status: foreign });
    }
  });
});

describe('the figures of a month', () => {
  it('count what was opened, against the limits', async () => {
    const answer = await get('alpha.supervisor-1', `/estates/alpha/figures?month=${month}`);
    expect(answer.status).toBe(200);
    const f = (await answer.json()) as MonthlyFiguresView;
    expect(f).toMatchObject({ estate: 'alpha', month, timezone: 'Asia/Shanghai', complete: false });
    expect(f.real).toMatchObject({ tickets: 2, open: 1, falseAlarmShare: 1 });
    expect(f.drills.tickets).toBe(0);
    const [p1] = f.real.groups;
    expect(p1).toMatchObject({ group: 'P1', tickets: 2, falseAlarms: 1, neverAccepted: 1 });
    expect(p1?.times.accept).toMatchObject({ count: 1, limitS: 60, within: 1 });
    expect(p1?.times.accept.p50).toBeGreaterThanOrEqual(31);
    expect(f.real.events.map((e) => e.event).sort()).toEqual(['elevator.alarm-button', 'gate.duress']);
    expect(f.load.shown).toBeGreaterThanOrEqual(2);
    expect(f.load.mostFrequent.map((t) => t.event)).toEqual(
      expect.arrayContaining(['elevator.alarm-button', 'gate.duress']),
    );
    expect(f.load.mostFrequent[0]?.place.en).toContain('alpha');
  });

  it('are a table for a spreadsheet by format or by Accept, and a page', async () => {
    const byAccept = await get('alpha.manager-1', '/estates/alpha/figures?lang=en', { accept: 'text/csv' });
    expect(byAccept.headers.get('content-type')).toContain('text/csv');
    const bytes = Buffer.from(await byAccept.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows = csv(bytes.toString('utf8'));
    expect(rows).toContainEqual(
      expect.objectContaining({ kind: 'real', subject: '', measure: 'tickets', value: '2', unit: 'count' }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ kind: 'real', subject: 'P1 danger', measure: 'Accepted p90', 'limit (s)': '60' }),
    );
    const page = await get('alpha.manager-1', '/estates/alpha/figures?format=html&lang=zh-CN', { accept: 'text/csv' });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('值班员负荷');
  });

  it('refuse a month that is none, that has not begun, and an estate that is not theirs', async () => {
    for (const bad of ['2026-13', '26-1', 'x', '2099-01'])
      expect((await get('alpha.supervisor-1', `/estates/alpha/figures?month=${bad}`)).status).toBe(400);
    expect((await get('alpha.supervisor-1', '/estates/beta/figures')).status).toBe(404);
    const before = (await (
      await get('alpha.supervisor-1', '/estates/alpha/figures?month=2020-02')
    ).json()) as MonthlyFiguresView;
    expect(before).toMatchObject({ complete: true, real: { tickets: 0, falseAlarmShare: null }, load: { shown: 0 } });
  });
});

describe('lists as files', () => {
  it('hold the tickets with their times, and run nothing that somebody has typed', async () => {
    const answer = await get('alpha.supervisor-1', '/exports/tickets?estate=alpha&lang=en');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="steward-tickets.csv"');
    const text = await answer.text();
    const rows = csv(text);
    expect(rows.map((r) => r['event key'])).toEqual(['gate.duress', 'elevator.alarm-button']);
    expect(rows[0]?.['why it ended']).toBe(`'${NASTY}`);
    expect(rows[1]).toMatchObject({ responder: 'alpha.butler-1', state: 'on site' });
    expect(rows[1]?.['accepted']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(text.split('\r\n')).toHaveLength(rows.length + 2);
  });

  it('take the filters of the lists, and a time', async () => {
    const count = async (query: string): Promise<number> =>
      csv(await (await get('alpha.supervisor-1', `/exports/${query}`)).text()).length;
    expect(await count('tickets?state=open')).toBe(1);
    expect(await count('tickets?to=2020-01-01T00:00:00Z')).toBe(0);
    expect(await count('tickets?from=2020-01-01T00:00:00Z')).toBe(2);
    expect(await count('alarms')).toBeGreaterThanOrEqual(2);
    expect(await count('alarms?state=open')).toBeGreaterThanOrEqual(1);
    expect((await get('alpha.supervisor-1', '/exports/alarms?from=yesterday')).status).toBe(400);
  });

  it('loses and doubles no row when there are many of one moment', async () => {
    await database.pool.query(
      `insert into alarm (id, estate_id, subject_type, subject_id, event, priority, state, latched, active, raised_at, since, ended_at, reason)
       select gen_random_uuid(), 'beta', 'building', 'beta-1', 'device.offline', 'P4', 'NORM', false, false,
         '2026-01-01T00:00:00Z'::timestamptz + (n / 700) * interval '1 second', now(), now(), 'row ' || n
       from generate_series(1, 1700) n`,
    );
    const rows = csv(await (await get('beta.manager-1', '/exports/alarms?lang=en')).text());
    expect(rows).toHaveLength(1700);
    expect(new Set(rows.map((r) => r['reason'])).size).toBe(1700);
  });
});
