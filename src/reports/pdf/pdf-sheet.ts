import PDFDocument from 'pdfkit';
import { INK } from '../drawing.js';
import type { Mark, ReportDocument } from '../report-document.js';
import type { ReportFont } from './report-font.js';

const MARGIN = 46;
const FOOT_ROOM = 26;
/** A4 in points. */
const PAGE = { width: 595.28, height: 841.89 };

export const MARK_INK: Readonly<Record<Mark, string>> = {
  late: INK.late,
  good: INK.text,
  muted: INK.muted,
  drill: INK.mark,
};

/** A4 pages with a place that moves down: text, room for what must not be torn, feet at the end. Sizes in points. */
export class PdfSheet {
  readonly doc: PDFKit.PDFDocument;
  readonly left = MARGIN;
  readonly width = PAGE.width - 2 * MARGIN;
  readonly bottom = PAGE.height - MARGIN - FOOT_ROOM;
  y = MARGIN;
  private readonly chunks: Buffer[] = [];
  private readonly ended: Promise<void>;

  constructor(
    private readonly report: ReportDocument,
    font: ReportFont,
  ) {
    this.doc = new PDFDocument({
      size: 'A4',
      // Breaks are made here: the library would begin a page in the middle of a row.
      margins: { top: 0, bottom: 0, left: MARGIN, right: MARGIN },
      bufferPages: true,
      lang: report.lang === 'zh' ? 'zh-CN' : 'en',
      displayTitle: true,
      info: {
        Title: `${report.kind} ${report.subtitle}`,
        Author: 'Steward',
        Creator: 'Steward',
        CreationDate: new Date(report.madeAt),
      },
    });
    this.ended = new Promise((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => this.chunks.push(chunk));
      this.doc.on('end', resolve);
      this.doc.on('error', reject);
    });
    this.doc.registerFont('report', font.path, font.face ?? undefined);
    this.doc.font('report');
  }

  get fullHeight(): number {
    return this.bottom - MARGIN;
  }

  /** So much must stand together: else it begins on the next page. @returns whether a page was begun */
  room(height: number): boolean {
    if (this.y + height <= this.bottom || this.y <= MARGIN) return false;
    this.doc.addPage();
    this.y = MARGIN;
    return true;
  }

  gap(height: number): void {
    this.y += height;
  }

  heightOf(text: string, size: number, width: number): number {
    return this.doc.fontSize(size).heightOfString(text === '' ? ' ' : text, { width });
  }

  /** At a place of the caller's; moves nothing. */
  put(
    text: string,
    x: number,
    y: number,
    size: number,
    ink: string,
    width: number,
    align: 'left' | 'right' = 'left',
  ): void {
    this.doc.fontSize(size).fillColor(ink).text(text, x, y, { width, align });
  }

  /** A paragraph at the present place. */
  write(text: string, size: number, ink: string): void {
    const height = this.heightOf(text, size, this.width);
    this.room(Math.min(height, this.fullHeight));
    this.put(text, this.left, this.y, size, ink, this.width);
    this.y += height;
  }

  rule(ink: string, thick = 0.5): void {
    const right = this.left + this.width;
    this.doc.lineWidth(thick).strokeColor(ink).moveTo(this.left, this.y).lineTo(right, this.y).stroke();
  }

  /** Numbers the pages and ends the document. */
  async finish(): Promise<Buffer> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let i = 0; i < count; i++) {
      this.doc.switchToPage(start + i);
      this.y = PAGE.height - MARGIN - FOOT_ROOM / 2;
      this.rule(INK.axis);
      this.put(this.report.foot, this.left, this.y + 4, 7.5, INK.muted, this.width - 50);
      this.put(`${i + 1} / ${count}`, this.left, this.y + 4, 7.5, INK.muted, this.width, 'right');
    }
    this.doc.end();
    await this.ended;
    return Buffer.concat(this.chunks);
  }
}
