import { afterAll, afterEach, beforeAll, beforeEach, describe, it, expect, jest } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryHolder } from '../../src/estate/directory-holder.js';
import { renderHtml } from '../../src/reports/html/render-html.js';
import { findReportFont } from '../../src/reports/pdf/report-font.js';
import { renderPdf } from '../../src/reports/pdf/render-pdf.js';
import type { Block, ReportDocument, ReportLang } from '../../src/reports/report-document.js';
import { EvidenceReads } from '../../src/reports/rescue/evidence-reads.js';
import { RescueReads } from '../../src/reports/rescue/rescue-reads.js';
import { rescueReport } from '../../src/reports/rescue/rescue-report.js';
import { HISTORY, type History } from '../../src/telemetry/history.port.js';
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
beforeEach(async () => {
  story = await Story.begin(world);
});
afterEach(() => story.end());

async function report(lang: ReportLang = 'zh'): Promise<ReportDocument> {
  const evidence = new EvidenceReads(story.db, { read: () => Promise.resolve(null) });
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
  it('tells what happened, who came, and what was late, the same on screen and on paper', async () => {
    await playEntrapment();
    const zh = await report('zh');
    const en = await report('en');
    await mkdir(SHOTS, { recursive: true });
    const font = await findReportFont(undefined);
    for (const r of [zh, en]) {
      await writeFile(join(SHOTS, `rescue-report-${r.lang}.html`), renderHtml(r));
      await writeFile(join(SHOTS, `rescue-report-${r.lang}.pdf`), await renderPdf(r, font));
    }
    console.log(JSON.stringify(zh.sections.map((s) => [s.title, rows(zh, s.title)]), null, 1));
    expect(section(zh, '概况')).toBeDefined();
  });
});
