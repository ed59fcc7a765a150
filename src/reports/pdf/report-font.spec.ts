import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findReportFont } from './report-font.js';

/** A font as far as its name goes: header, one table record, the name table with PostScript names. */
function face(name: string): Buffer {
  const text = Buffer.from(name, 'utf16le').swap16();
  const head = Buffer.alloc(28);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt16BE(1, 4);
  head.write('name', 12, 'latin1');
  head.writeUInt32BE(28, 20);
  const table = Buffer.alloc(18);
  table.writeUInt16BE(1, 2);
  table.writeUInt16BE(18, 4);
  table.writeUInt16BE(3, 6);
  table.writeUInt16BE(6, 12);
  table.writeUInt16BE(text.length, 14);
  return Buffer.concat([head, table, text]);
}
function collection(...names: string[]): Buffer {
  const head = Buffer.alloc(12 + 4 * names.length);
  head.write('ttcf', 0, 'latin1');
  head.writeUInt32BE(names.length, 8);
  const parts: Buffer[] = [head];
  let at = head.length;
  names.forEach((name, i) => {
    const one = face(name);
    head.writeUInt32BE(at, 12 + 4 * i);
    one.writeUInt32BE(at + 28, 20); // tables are found from the beginning of the file
    at += one.length;
    parts.push(one);
  });
  return Buffer.concat(parts);
}

let folder: string;
const put = async (name: string, content: Buffer | string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-font-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the font of PDF reports', () => {
  it('takes the Simplified Chinese face of a collection, not the first one', async () => {
    const path = await put(
      'noto.ttc',
      collection('NotoSansCJKjp-Regular', 'NotoSansCJKkr-Regular', 'NotoSansCJKsc-Regular', 'NotoSansCJKtc-Regular'),
    );
    expect(await findReportFont(path)).toEqual({ path, face: 'NotoSansCJKsc-Regular' });
    const apple = await put('apple.ttc', collection('PingFangHK-Regular', 'PingFangSC-Regular'));
    expect(await findReportFont(apple)).toMatchObject({ face: 'PingFangSC-Regular' });
  });

  it('takes a file with one face as it is, and the first place that has a font', async () => {
    const path = await put('one.ttf', face('SimHei'));
    const broken = await put('broken.ttc', collection('NotoSansCJKsc-Regular').subarray(0, 20));
    expect(await findReportFont(undefined, [join(folder, 'nowhere'), broken, path])).toEqual({ path, face: null });
  });

  it.each([
    ['a file that is none', 'text.ttf', 'this is a letter, not a font'],
    ['an empty file', 'empty.ttf', ''],
  ])('says what to install for %s', async (_, name, content) => {
    const path = await put(name, content);
    await expect(findReportFont(path)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('fonts-noto-cjk'),
    });
  });

  it('says what to install where there is no font at all', async () => {
    await expect(findReportFont(undefined, [])).rejects.toThrow(
      'No font with Chinese characters was found: install the package fonts-noto-cjk',
    );
  });
});
