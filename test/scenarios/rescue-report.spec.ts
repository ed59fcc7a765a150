import { afterAll, beforeAll, describe, it, expect, jest } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { DirectoryHolder } from '../../src/estate/directory-holder.js';
import { renderHtml } from '../../src/reports/html/render-html.js';
import { findReportFont } from '../../src/reports/pdf/report-font.js';
import { renderPdf } from '../../src/reports/pdf/render-pdf.js';
import type { Block, ReportDocument, ReportLang } from '../../src/reports/report-document.js';
import { EvidenceReads } from '../../src/reports/rescue/evidence-reads.js';
import { RescueReads } from '../../src/reports/rescue/rescue-reads.js';
import { rescueReport } from '../../src/reports/rescue/rescue-report.js';
import { HISTORY, type History } from '../../src/telemetry/history.port.js';
import { pdfPages, pdfText } from '../support/pdf-text.js';
import { storyWorld, type StoryWorld } from './story-world.js';
import { Story } from './story.js';

jest.setTimeout(120_000);

const SHOTS = join(import.meta.dirname, '../browser/__shots__');

let world: StoryWorld;
let story: Story;
beforeAll(async () => {
  world = await storyWorld();
});
afterAll(() => world.end());

async function report(
  lang: ReportLang = 'zh',
  picture: (hash: string) => Promise<Buffer | null> = () => Promise.resolve(null),
): Promise<ReportDocument> {
  const evidence = new EvidenceReads(story.db, { read: picture });
  const reads = new RescueReads(story.db, story.part<History>(HISTORY), story.part(DirectoryHolder), evidence);
  const facts = await reads.facts((await story.ticket()).id, story.clock.now());
  return rescueReport(facts, { by: 'zheng.hong', name: { zh: '郑红', en: 'Zheng Hong' }, at: story.clock.now() }, lang);
}

const section = (r: ReportDocument, title: string): readonly Block[] => {
  const found = r.sections.find((s) => s.title === title);
  if (!found) throw new Error(`no section ${title} among ${r.sections.map((s) => s.title).join(', ')}`);
  return found.blocks;
};
/** Rows of the first table of a section, cells joined. */
const rows = (r: ReportDocument, title: string): string[] => {
  const table = section(r, title).find((b) => b.kind === 'table');
  return table?.kind === 'table' ? table.rows.map((row) => row.map((c) => c.text).join(' | ')) : [];
};

/** From the trapped people to the closed ticket; the contractor comes too late, a patrol's phone does not answer. */
async function playEntrapment(): Promise<void> {
  story.phone('zhou.tao').answers = false;
  const lift = story.lift('jy-6-lift-w');
  await lift.standsEmptyAt(1);
  await story.advance(9, 'min');
  await lift.isTrappedBetween(3, 4);
  await story.advance(40, 's');
  await story.accepts('chen.jing', 'coordinator');
  await story.accepts('wang.qiang', 'responder');
  await story.advance(50, 's');
  await story.reports('wang.qiang', 'en-route');
  await story.accepts('he.jun', 'rescuer');
  await story.reassures('chen.jing');
  await story.stepDone('chen.jing', 1);
  await story.stepDone('chen.jing', 2, '3 人,一名老人 <b>心脏不适</b>');
  await story.advance(3, 'min');
  await story.reports('wang.qiang', 'on-site');
  await story.reports('he.jun', 'en-route');
  lift.fallsSilent();
  await story.advance(2, 'min');
  await lift.is({});
  await story.reassures('chen.jing');
  await story.advance(4, 'min');
  await story.reassures('chen.jing');
  await story.advance(4, 'min');
  await story.reassures('chen.jing');
  await story.reports('he.jun', 'on-site');
  await story.advance(3, 'min');
  await lift.opensAndEmptiesAt(4);
  await story.advance(10, 's');
  await lift.closes();
  await story.stepDone('he.jun', 5, '轿厢外手动盘车');
  await story.reports('he.jun', 'rescued', { note: '3 人全部救出' });
  await story.advance(10, 'min');
}

describe('the report of an entrapment', () => {
  beforeAll(async () => {
    story = await Story.begin(world);
    await playEntrapment();
  });
  afterAll(() => story.end());

  it('tells what happened, who came, and what was late, the same on screen and on paper', async () => {
    const zh = await report('zh');
    const en = await report('en');
    expect(zh.title).toBe('非平层困人 · 6栋 西梯');
    expect(zh.badges.map((b) => b.text)).toEqual(['P1 危险', '已救出', '2 个步骤超时']);
    expect(rows(zh, '时限')).toEqual([
      '接单 | 10:09:30 | 1 分 | 10:09:40 | 10 秒 | 按时',
      '物业启动救援 | 10:09:30 | 3 分 | 10:10:30 | 1 分 | 按时',
      '维保应答 | 10:09:30 | 1 分 | 10:10:30 | 1 分 | 按时',
      '维保到场 | 10:09:30 | 15 分 | 10:23:30 | 14 分 | 按时',
      '救援人员到场(法定时限) | 10:09:30 | 30 分 | 10:23:30 | 14 分 | 按时',
      '安抚联系最长间隔 | 10:09:30 | 5 分 | – | 5 分 | 按时',
      '人员救出 | 10:09:30 | – | 10:26:40 | 17 分 10 秒 | 无时限',
    ]);
    expect(rows(en, 'Clocks against their limits')[0]).toBe('Accepted | 10:09:30 | 1 min | 10:09:40 | 10 s | in time');
    // Every line of the journal stands in it, in order, in both languages.
    const { id } = await story.ticket();
    const alarms = (await story.alarms()).filter((a) => a.ticket_id === id).map((a) => a.id);
    const journal = await story.db.selectFrom('journal').selectAll().orderBy('no').execute();
    const own = journal.filter((l) => l.ticket_id === id || (l.alarm_id !== null && alarms.includes(l.alarm_id)));
    for (const r of [zh, en]) {
      const told = rows(r, r.lang === 'zh' ? '经过' : 'What happened');
      expect(told.map((t) => Number(t.split(' | ').at(-1)))).toEqual(own.map((l) => l.no));
    }
    const told = rows(zh, '经过');
    expect(told).toContainEqual('10:09:30 | 0:00 | 通知处置人第 0 级:王强、周涛 | 系统 | 3');
    expect(told).toContainEqual('10:09:40 | 0:10 | 周涛 的通知 10 秒内未送达(处置人第 0 级) | 系统 | 6');
    expect(rows(zh, '谁在处理')).toContainEqual('救援 | 何军 | 10:10:30 | 10:13:30 | 10:23:30 | 本人接单');
    expect(rows(zh, '通知了谁')).toContainEqual('10:09:30 | 周涛 (安保) | 处置人 | 1 / 0 | 手机页面 | – | – | 已撤回');
    expect(rows(zh, '步骤').filter((t) => t.includes('超时'))).toHaveLength(2);
    expect(rows(zh, '步骤')[1]).toContain('3 人,一名老人 <b>心脏不适</b>');
  });

  it('shows the readings with the gap in which the lift was silent', async () => {
    const chart = section(await report(), '告警前后 10 分钟的读数').find((b) => b.kind === 'chart');
    if (chart?.kind !== 'chart') throw new Error('no chart');
    expect(chart.title).toBe('西梯 (jy-6-lift-w)');
    const curves = chart.drawing.shapes.filter((s) => s.kind === 'path');
    // Floor and speed, each before and after the two minutes of silence.
    expect(curves).toHaveLength(4);
    const ends = curves.map((c) => [c.points[0]?.[0] ?? 0, c.points.at(-1)?.[0] ?? 0]);
    expect((ends[1]?.[0] ?? 0) - (ends[0]?.[1] ?? 0)).toBeGreaterThan(50);
    expect(chart.drawing.shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []))).toEqual(
      expect.arrayContaining(['楼层', '速度 m/s', '门', '轿内有人', '告警', '接单', '到场', '10:10']),
    );
  });

  it('proves its lines, and says which one was altered behind the journal’s back', async () => {
    const fact = (r: ReportDocument, label: string): string => {
      const facts = section(r, '证明').find((b) => b.kind === 'facts');
      return facts?.kind === 'facts' ? (facts.items.find((i) => i.label === label)?.text ?? '') : '';
    };
    const sound = await report();
    const head = await story.db.selectFrom('estate_head').selectAll().executeTakeFirstOrThrow();
    expect(fact(sound, '生成时小区链头')).toBe(`${head.journal_no}  ${head.journal_hash.toString('hex')}`);
    expect(fact(sound, '逐行核验')).toBe('内容与哈希一致,并接续前一行');
    await sql`alter table journal disable trigger user`.execute(story.db);
    await sql`create table kept as select payload from journal where no = 9`.execute(story.db);
    await sql`update journal set payload = jsonb_set(payload, '{holder}', '"li.na"') where no = 9`.execute(story.db);
    const forged = await report();
    expect(fact(forged, '逐行核验')).toBe('第 9 行不符');
    expect(forged.badges.map((b) => b.text)).toContain('经过记录被改动');
    expect(rows(forged, '经过').filter((t) => t.endsWith('被改动'))).toHaveLength(1);
    await sql`update journal set payload = (select payload from kept) where no = 9`.execute(story.db);
  });

  it('names photos by their hash, shows those that it may, and says which were put aside', async () => {
    const { id } = await story.ticket();
    await sql`create table if not exists evidence (
      id uuid primary key, estate_id text, ticket_id uuid, step_no int, sha256 text, kind text, mime text, bytes bigint,
      state text, reason text, position text, at timestamptz, by text)`.execute(story.db);
    const put = (n: number, step: number, state: string): Promise<unknown> =>
      sql`insert into evidence (id, estate_id, ticket_id, step_no, sha256, kind, mime, bytes, state, position, at, by)
        values (gen_random_uuid(), 'jinyue', ${id}, ${step}, ${String(n).repeat(64)}, 'photo', 'image/jpeg', 250000, ${state},
          'removed', '2026-01-05T02:12:00Z'::timestamptz + ${n} * interval '1 minute', 'wang.qiang')`.execute(story.db);
    await put(1, 5, 'kept');
    await put(2, 0, 'quarantined');
    const asked: string[] = [];
    const r = await report('en', (hash) => {
      asked.push(hash);
      return Promise.resolve(Buffer.from('jpeg'));
    });
    expect(rows(r, 'Evidence')).toEqual([
      `5 | image/jpeg | 250 kB | 10:13:00 | Wang Qiang | ${'1'.repeat(64)}`,
      `– | image/jpeg QUARANTINED | 250 kB | 10:14:00 | Wang Qiang | ${'2'.repeat(64)}`,
    ]);
    expect(asked).toEqual(['1'.repeat(64)]);
    expect(renderHtml(r)).toContain('<img src="data:image/jpeg;base64,anBlZw=="');
  });

  it('can be read, searched and copied on paper, page by page', async () => {
    await mkdir(SHOTS, { recursive: true });
    const font = await findReportFont(undefined);
    for (const lang of ['zh', 'en'] as const) {
      const r = await report(lang);
      const pdf = await renderPdf(r, font);
      await writeFile(join(SHOTS, `rescue-report-${lang}.html`), renderHtml(r));
      await writeFile(join(SHOTS, `rescue-report-${lang}.pdf`), pdf);
      const text = pdfText(pdf);
      const pages = pdfPages(pdf);
      expect(pages).toBeGreaterThanOrEqual(3);
      expect(pages).toBeLessThanOrEqual(6);
      expect(text).toContain(`${pages} / ${pages}`);
      expect(text).not.toContain('\uFFFD');
      expect(text.split(r.foot).length - 1).toBe(pages);
      const run = text.replaceAll(/\s/g, '');
      const cells = r.sections.flatMap((s) => s.blocks).flatMap((b) => (b.kind === 'table' ? b.rows.flat() : []));
      for (const { text: cell } of cells) expect(run).toContain(cell.replaceAll(/\s/g, ''));
    }
  });
});

describe('the report of a rescue that went badly', () => {
  it('says that a slot was reopened, and who was late, in the order in which it happened', async () => {
    story = await Story.begin(world);
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(100, 's');
    await story.accepts('wang.qiang', 'responder');
    await story.advance(5, 'min');
    const r = await report('en');
    expect(rows(r, 'Clocks against their limits')[0]).toBe(
      'Accepted | 10:00:30 | 1 min | 10:01:40 | 1 min 10 s | LATE by 10 s',
    );
    expect(rows(r, 'Clocks against their limits')[1]).toMatch(
      /^Property started the rescue \| .*NEVER, past by 3 min 10 s$/,
    );
    const held = rows(r, 'Who had it');
    expect(held).toContainEqual('responder | Wang Qiang | 10:01:40 | – | – | accepted; paged anew at 10:05:40');
    expect(held).toContainEqual('rescuer | nobody | – | – | – | ');
    expect(JSON.stringify(section(r, 'Summary'))).toContain('The ticket is not over');
    await story.end();
  });
});
