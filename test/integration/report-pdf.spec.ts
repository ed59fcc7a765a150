import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pdfPages, pdfText } from '../support/pdf-text.js';
import type { Block, ReportDocument } from '../../src/reports/report-document.js';
import { renderPdf } from '../../src/reports/pdf/render-pdf.js';
import { findReportFont, type ReportFont } from '../../src/reports/pdf/report-font.js';

jest.setTimeout(60_000);

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const report = (...blocks: Block[]): ReportDocument => ({
  lang: 'zh',
  kind: '救援报告',
  title: '非平层困人',
  subtitle: 'T-2026-0001',
  badges: [{ text: '演练', mark: 'drill' }],
  sections: [{ title: '第一节', blocks }],
  foot: '页脚',
  madeAt: '2026-01-05T02:00:00.000Z',
  fileName: 'x',
});
const columns = [
  { title: '时间', share: 1 },
  { title: '事情', share: 4 },
];
const squeezed = (pdf: Buffer): string => pdfText(pdf).replaceAll(/\s/g, '');

let font: ReportFont;
beforeAll(async () => {
  font = await findReportFont(undefined);
});

describe('a report on paper', () => {
  it('repeats the head of a table on every page, and loses no row', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => [{ text: `第${i}行` }, { text: '电梯' }]);
    const pdf = await renderPdf(report({ kind: 'table', columns, rows, empty: '' }), font);
    const text = squeezed(pdf);
    const pages = pdfPages(pdf);
    expect(pages).toBeGreaterThanOrEqual(3);
    expect(text.split('时间').length - 1).toBe(pages);
    expect(text.split('页脚').length - 1).toBe(pages);
    for (let i = 0; i < 120; i++) expect(text).toContain(`第${i}行`);
  });

  it('lets a note of pages go on in rows below it, whole', async () => {
    const note = Array.from({ length: 4000 }, (_, i) => '管家报告经过很长'.charAt(i % 8)).join('');
    const rows = [
      [{ text: '10:00' }, { text: note }],
      [{ text: '10:01' }, { text: '之后' }],
    ];
    const pdf = await renderPdf(report({ kind: 'table', columns, rows, empty: '' }), font);
    expect(pdfPages(pdf)).toBeGreaterThanOrEqual(2);
    const told = squeezed(pdf).replaceAll(/时间|事情|页脚|\d+\/\d+/g, '');
    expect([...told].filter((c) => '管家报告经过很长'.includes(c)).length).toBeGreaterThanOrEqual(4000);
    expect(told.indexOf('之后')).toBeGreaterThan(told.lastIndexOf('很长'));
  });

  it('shows pictures, and goes on where a file only claims to be one', async () => {
    const items = [PIXEL, Buffer.from('no picture').toString('base64')].map((base64, i) => ({
      caption: `照片${i}`,
      mediaType: 'image/png',
      base64,
    }));
    const pdf = await renderPdf(report({ kind: 'pictures', items }, { kind: 'paragraph', text: '结束' }), font);
    expect(pdf.toString('latin1')).toContain('/Subtype /Image');
    for (const told of ['照片0', '照片1', '结束']) expect(squeezed(pdf)).toContain(told);
  });

  it('is the same file for the same report, but for its number', async () => {
    const plain = (pdf: Buffer): string => pdf.toString('latin1').replaceAll(/\/ID \[[^\]]*\]/g, '');
    const one = report({ kind: 'facts', items: [{ label: '小区', text: '金悦花园', mark: 'late' }] });
    expect(plain(await renderPdf(one, font))).toBe(plain(await renderPdf(one, font)));
  });
});
