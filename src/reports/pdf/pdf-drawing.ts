import { INK, type Drawing, type Shape } from '../drawing.js';
import type { PdfSheet } from './pdf-sheet.js';

/** A drawing across the page, not torn. */
export function pdfDrawing(sheet: PdfSheet, d: Drawing): void {
  const scale = sheet.width / d.width;
  sheet.room(d.height * scale);
  for (const s of d.shapes) putShape(sheet, s, scale);
  sheet.gap(d.height * scale);
}

function putShape({ doc, left, y }: PdfSheet, s: Shape, scale: number): void {
  const ink = INK[s.ink];
  const px = (p: readonly [number, number]): [number, number] => [left + p[0] * scale, y + p[1] * scale];
  switch (s.kind) {
    case 'line':
      if (s.dashed) doc.dash(2.5, { space: 2 });
      doc
        .lineWidth(0.6)
        .strokeColor(ink)
        .moveTo(...px(s.from))
        .lineTo(...px(s.to))
        .stroke();
      if (s.dashed) doc.undash();
      return;
    case 'path':
      doc.lineWidth(1).strokeColor(ink);
      s.points.forEach((p, i) => (i === 0 ? doc.moveTo(...px(p)) : doc.lineTo(...px(p))));
      doc.stroke();
      return;
    case 'dot':
      doc
        .fillColor(ink)
        .circle(...px(s.at), 1.3)
        .fill();
      return;
    case 'box':
      doc
        .fillColor(ink)
        .rect(...px(s.at), s.width * scale, s.height * scale)
        .fill();
      return;
    case 'text': {
      doc.fontSize(s.size * scale).fillColor(ink);
      const width = doc.widthOfString(s.text);
      const [x, middle] = px(s.at);
      const start = s.anchor === 'start' ? x : s.anchor === 'end' ? x - width : x - width / 2;
      doc.text(s.text, start, middle - doc.currentLineHeight() / 2, { lineBreak: false });
    }
  }
}
