import { INK } from '../drawing.js';
import type { Cell, TableBlock } from '../report-document.js';
import { MARK_INK, type PdfSheet } from './pdf-sheet.js';

const SIZE = 8.5;
const PAD = 3;
/** Between two columns; numbers end a little before the text that follows them. */
const BETWEEN = 8;
const AFTER_NUMBER = 8;
/** A row takes at most so much of a page: a longer one goes on in a row below. */
const TALLEST = 0.5;

/** A table whose head is repeated on every page and whose rows are not torn. */
export function pdfTable(sheet: PdfSheet, table: TableBlock): void {
  if (table.rows.length === 0) {
    sheet.write(table.empty, SIZE, INK.muted);
    return;
  }
  const all = table.columns.reduce((sum, c) => sum + c.share, 0);
  const steps = table.columns.map((c) => (c.share / all) * sheet.width);
  const widths = steps.map((w, i) => w - BETWEEN - (table.columns[i]?.right ? AFTER_NUMBER : 0));
  const heightOf = (row: readonly Cell[]): number =>
    Math.max(...row.map((c, i) => sheet.heightOf(c.text, SIZE, widths[i] ?? 10))) + 2 * PAD;

  const put = (row: readonly Cell[], ink: string): void => {
    const height = heightOf(row);
    let x = sheet.left;
    row.forEach((cell, i) => {
      const width = widths[i] ?? 10;
      const right = table.columns[i]?.right ? ('right' as const) : ('left' as const);
      sheet.put(cell.text, x, sheet.y + PAD, SIZE, cell.mark ? MARK_INK[cell.mark] : ink, width, right);
      x += steps[i] ?? width;
    });
    sheet.gap(height);
  };
  const head = table.columns.map((c): Cell => ({ text: c.title }));
  const putHead = (): void => {
    put(head, INK.muted);
    sheet.rule(INK.axis, 0.8);
  };

  const rows = table.rows.flatMap((row) => splitTall(row, heightOf, TALLEST * sheet.fullHeight));
  sheet.room(heightOf(head) + heightOf(rows[0] ?? head));
  putHead();
  for (const row of rows) {
    if (sheet.room(heightOf(row))) putHead();
    put(row, INK.text);
    sheet.rule(INK.grid);
  }
}

/** Halves the longest cell until every piece fits: a note of pages must not run off the paper. */
function splitTall(
  row: readonly Cell[],
  heightOf: (row: readonly Cell[]) => number,
  tallest: number,
): (readonly Cell[])[] {
  if (heightOf(row) <= tallest) return [row];
  const longest = row.reduce((best, c, i) => (c.text.length > (row[best]?.text.length ?? 0) ? i : best), 0);
  const characters = [...(row[longest]?.text ?? '')];
  if (characters.length < 2) return [row];
  const half = Math.ceil(characters.length / 2);
  const mark = row[longest]?.mark;
  const part = (text: string): Cell => ({ text, ...(mark ? { mark } : {}) });
  const before = row.map((c, i) => (i === longest ? part(characters.slice(0, half).join('')) : c));
  const after = row.map((_, i): Cell => (i === longest ? part(characters.slice(half).join('')) : { text: '' }));
  return [...splitTall(before, heightOf, tallest), ...splitTall(after, heightOf, tallest)];
}
