import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CSV_BEGIN, csvLine } from './csv.js';

const readBack = (text: string): string[][] => parse(text, { bom: true, relax_column_count: true });

describe('CSV for a spreadsheet', () => {
  it('quotes what RFC 4180 asks to be quoted, and ends lines with CR LF', () => {
    expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines', null, 1.5])).toBe(
      'a,"b,c","say ""hi""","two\nlines",,1.5\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝cmd', '＠x'])(
    'keeps %j from being run as a formula',
    (text) => {
      expect(readBack(csvLine([text]))[0]?.[0]?.startsWith("'")).toBe(true);
    },
  );

  it('leaves numbers of ours alone, also below zero', () => {
    expect(csvLine([-5, 0, NaN, Infinity])).toBe('-5,0,,\r\n');
  });

  it('is read back as it was written, whatever people type', () => {
    const cell = fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((s) => !/^[=+\-@\t\r\n＝＋－＠]/.test(s) && !s.startsWith('\uFEFF'));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 6 }), (cells) => {
        expect(readBack(CSV_BEGIN + csvLine(cells))).toEqual([cells]);
      }),
    );
  });
});
