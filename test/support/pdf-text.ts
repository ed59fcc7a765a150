import { inflateSync } from 'node:zlib';

/**
 * The texts of a PDF that pdfkit has made with one embedded font, in the order in which they were set, one a line: glyph
 * numbers are read back through the font's own table for copying (ToUnicode). So it is tested too that a reader can search and copy it.
 */
export function pdfText(pdf: Buffer): string {
  const contents: string[] = [];
  const characters = new Map<string, string>();
  for (const stream of streamsOf(pdf)) {
    if (stream.includes('begincmap')) readMap(stream, characters);
    else if (/\bT[Jj]\b/.test(stream)) contents.push(stream);
  }
  const texts = contents.flatMap((c) => c.split(/\bBT\b/).slice(1));
  return texts
    .map((t) => [...t.matchAll(/<([0-9a-f]+)>/gi)].map(([, hex = '']) => glyphs(hex, characters)).join(''))
    .join('\n');
}

/** Number of pages. */
export const pdfPages = (pdf: Buffer): number => [...pdf.toString('latin1').matchAll(/\/Type \/Page\b(?!s)/g)].length;

function* streamsOf(pdf: Buffer): Generator<string> {
  const text = pdf.toString('latin1');
  for (let at = text.indexOf('stream\n'); at !== -1; at = text.indexOf('stream\n', at + 1)) {
    if (text.slice(at - 3, at) === 'end') continue;
    const end = text.indexOf('\nendstream', at);
    try {
      yield inflateSync(pdf.subarray(at + 'stream\n'.length, end)).toString('latin1');
    } catch {
      // The font itself, or a picture.
    }
  }
}

function readMap(cmap: string, into: Map<string, string>): void {
  for (const [, first = '', , list = ''] of cmap.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/gi)) {
    [...list.matchAll(/<([0-9a-f ]*)>/gi)].forEach(([, hex = ''], i) => {
      const code = (parseInt(first, 16) + i).toString(16).padStart(4, '0');
      into.set(code, Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
    });
  }
}

const glyphs = (hex: string, characters: ReadonlyMap<string, string>): string =>
  (hex.toLowerCase().match(/.{4}/g) ?? []).map((code) => characters.get(code) ?? '\uFFFD').join('');
