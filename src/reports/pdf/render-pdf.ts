import { INK } from '../drawing.js';
import type { Block, FactsBlock, PicturesBlock, ReportDocument } from '../report-document.js';
import { pdfDrawing } from './pdf-drawing.js';
import { MARK_INK, PdfSheet } from './pdf-sheet.js';
import { pdfTable } from './pdf-table.js';
import type { ReportFont } from './report-font.js';

const TEXT = 9.5;
const LABEL_WIDTH = 118;
const TITLE_ROOM = 26;
const PICTURE = { width: 158, height: 118, gap: 12, caption: 12 };

/** The report on A4. Takes a second of the processor for the font alone: call it where nobody waits (pdf-worker.ts). */
export async function renderPdf(report: ReportDocument, font: ReportFont): Promise<Buffer> {
  const sheet = new PdfSheet(report, font);
  head(sheet, report);
  for (const section of report.sections) {
    sheet.gap(14);
    sheet.room(TITLE_ROOM + heightOfFirst(sheet, section.blocks[0]));
    sheet.write(section.title, 12.5, INK.text);
    sheet.gap(4);
    section.blocks.forEach((block, i) => {
      if (i > 0 && block.kind === 'table') sheet.gap(10);
      putBlock(sheet, block);
    });
  }
  return sheet.finish();
}

/** A title must not stand alone at the foot of a page: so much of what follows it comes along. */
function heightOfFirst(sheet: PdfSheet, block: Block | undefined): number {
  if (block?.kind !== 'chart') return 44;
  return 24 + (block.drawing.height * sheet.width) / block.drawing.width;
}

function head(sheet: PdfSheet, report: ReportDocument): void {
  sheet.write(report.kind, TEXT, INK.muted);
  sheet.write(report.title, 18, INK.text);
  sheet.write(report.subtitle, TEXT, INK.muted);
  sheet.gap(5);
  let x = sheet.left;
  for (const badge of report.badges) {
    const ink = badge.mark ? MARK_INK[badge.mark] : INK.text;
    const width = sheet.doc.fontSize(TEXT).widthOfString(badge.text) + 14;
    sheet.doc
      .lineWidth(0.7)
      .strokeColor(badge.mark ? ink : INK.axis)
      .roundedRect(x, sheet.y, width, 18, 3)
      .stroke();
    sheet.doc.fillColor(ink).text(badge.text, x + 7, sheet.y + 2, { lineBreak: false });
    x += width + 8;
  }
  sheet.gap(report.badges.length > 0 ? 26 : 4);
  sheet.rule(INK.text, 1.2);
}

function putBlock(sheet: PdfSheet, block: Block): void {
  switch (block.kind) {
    case 'facts':
      return putFacts(sheet, block);
    case 'paragraph':
      sheet.gap(3);
      sheet.write(block.text, block.code ? 8.5 : TEXT, block.mark ? MARK_INK[block.mark] : INK.text);
      sheet.gap(3);
      return;
    case 'table':
      return pdfTable(sheet, block);
    case 'chart':
      sheet.gap(4);
      sheet.room(24 + (block.drawing.height * sheet.width) / block.drawing.width);
      sheet.write(block.title, TEXT, INK.muted);
      sheet.gap(2);
      return pdfDrawing(sheet, block.drawing);
    case 'pictures':
      return putPictures(sheet, block);
  }
}

function putFacts(sheet: PdfSheet, block: FactsBlock): void {
  const width = sheet.width - LABEL_WIDTH;
  for (const { label, text, mark } of block.items) {
    const height = Math.max(sheet.heightOf(text, TEXT, width), sheet.heightOf(label, TEXT, LABEL_WIDTH - 8));
    sheet.room(Math.min(height, sheet.fullHeight));
    sheet.put(label, sheet.left, sheet.y, TEXT, INK.muted, LABEL_WIDTH - 8);
    sheet.put(text, sheet.left + LABEL_WIDTH, sheet.y, TEXT, mark ? MARK_INK[mark] : INK.text, width);
    sheet.gap(height + 1.5);
  }
}

/** Only what the library can read is shown; the hash of every file stands in the table above. */
function putPictures(sheet: PdfSheet, block: PicturesBlock): void {
  const shown = block.items.filter((p) => p.mediaType === 'image/jpeg' || p.mediaType === 'image/png');
  const perRow = Math.floor((sheet.width + PICTURE.gap) / (PICTURE.width + PICTURE.gap));
  sheet.gap(8);
  for (let i = 0; i < shown.length; i += perRow) {
    sheet.room(PICTURE.height + PICTURE.caption + PICTURE.gap);
    shown.slice(i, i + perRow).forEach((p, column) => {
      const x = sheet.left + column * (PICTURE.width + PICTURE.gap);
      try {
        const source = Buffer.from(p.base64, 'base64');
        sheet.doc.image(source, x, sheet.y, { fit: [PICTURE.width, PICTURE.height], align: 'center' });
      } catch {
        sheet.put('–', x, sheet.y, TEXT, INK.muted, PICTURE.width); // a file that only claims to be a picture
      }
      sheet.put(p.caption, x, sheet.y + PICTURE.height + 1, 7.5, INK.muted, PICTURE.width);
    });
    sheet.gap(PICTURE.height + PICTURE.caption + PICTURE.gap);
  }
}
