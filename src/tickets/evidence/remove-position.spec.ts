import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DomainError } from '../../kernel/domain-error.js';
import {
  exif,
  exifOfJpeg,
  filmWithPosition,
  heicWithPosition,
  jpegWithPosition,
  pngWithPosition,
  tagsOf,
  TAKEN_AT,
  tracesOfPosition,
  webmWithPosition,
  webpWithPosition,
} from './fake-media.js';
import { mediaTypeOf } from './media-type.js';
import { removePosition } from './remove-position.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'steward-position-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function cleaned(file: Buffer, mime: string, write = true): Promise<Buffer> {
  const path = join(folder, `${Math.random()}`);
  await writeFile(path, file);
  await removePosition(path, mime, write);
  return readFile(path);
}

const MEDIA: [string, string, 'photo' | 'film', () => Buffer][] = [
  ['a JPEG', 'image/jpeg', 'photo', () => jpegWithPosition()],
  ['a big-endian JPEG', 'image/jpeg', 'photo', () => jpegWithPosition(true)],
  ['a PNG', 'image/png', 'photo', () => pngWithPosition()],
  ['a WebP', 'image/webp', 'photo', webpWithPosition],
  ['a HEIC', 'image/heic', 'photo', heicWithPosition],
  ['an MP4', 'video/mp4', 'film', () => filmWithPosition('isom')],
  ['a MOV', 'video/quicktime', 'film', () => filmWithPosition('qt  ')],
  ['a WebM', 'video/webm', 'film', webmWithPosition],
];

describe.each(MEDIA)('%s', (_, mime, kind, make) => {
  it('is known by its content', async () => {
    expect(await mediaTypeOf(make().subarray(0, 4100))).toEqual({ kind, mime });
  });

  it('tells where it was made, and does not any more; the picture stays', async () => {
    const before = make();
    expect(tracesOfPosition(before)).not.toEqual([]);
    const after = await cleaned(before, mime);
    expect(tracesOfPosition(after)).toEqual([]);
    expect(await mediaTypeOf(after.subarray(0, 4100))).toEqual({ kind, mime });
    if (mime !== 'image/jpeg') expect(after.toString('latin1')).toMatch(/picture|not really packed/);
    // Once more changes nothing: the same photo sent twice has the same hash.
    expect((await cleaned(after, mime)).equals(after)).toBe(true);
  });

  it('stays as it is when its position is wanted', async () => {
    expect((await cleaned(make(), mime, false)).equals(make())).toBe(true);
  });

  it('cut short anywhere is refused, or tells no position; never anything else', async () => {
    const file = make();
    for (let length = 1; length < file.length; length += Math.ceil(file.length / 60)) {
      const after = await cleaned(file.subarray(0, length), mime).catch((e: unknown) => {
        expect(e).toBeInstanceOf(DomainError);
        return null;
      });
      if (after) expect(tracesOfPosition(after)).toEqual([]);
    }
  });

  it('with bytes changed at random is refused, or taken; never a crash', async () => {
    const file = make();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const broken = Buffer.from(file);
          for (const [at, byte] of changes) broken[at] = byte;
          const error = await cleaned(broken, mime).then(
            () => null,
            (e: unknown) => e,
          );
          if (error !== null) expect(error).toBeInstanceOf(DomainError);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a JPEG', () => {
  it.each([false, true])('keeps which way is up and when it was taken (big-endian: %s)', async (big) => {
    const before = exifOfJpeg(jpegWithPosition(big))!;
    expect(tagsOf(before).get(0x8825)).toBeGreaterThan(0);
    expect(tagsOf(before).get(2)).toBeGreaterThan(0);
    const after = exifOfJpeg(await cleaned(jpegWithPosition(big), 'image/jpeg'))!;
    expect(Object.fromEntries(tagsOf(after))).toEqual({
      0x0112: 6,
      0x0132: TAKEN_AT,
      0x8769: expect.any(Number),
      0x9003: TAKEN_AT,
      // Seven letters of the date stand in the test's file for the time zone.
      0x9011: TAKEN_AT.slice(0, 7),
    });
  });

  it('whose EXIF is nonsense loses it', async () => {
    const file = jpegWithPosition();
    const at = file.indexOf(exif(false));
    file.fill(0xee, at + 4, at + 60);
    const after = await cleaned(file, 'image/jpeg');
    expect(exifOfJpeg(after)).toBeNull();
  });
});

describe('what is no photo', () => {
  it.each([
    ['a zip bomb named .jpg', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000)]), 'application/zip'],
    ['a page', Buffer.from('<html><script>alert(1)</script></html>'), 'neither photo nor film'],
    ['a drawing that runs scripts', Buffer.from('<?xml version="1.0"?><svg onload="x()"/>'), 'xml'],
    ['a program', Buffer.concat([Buffer.from([0x7f]), Buffer.from('ELF'), Buffer.alloc(100)]), 'application/x-elf'],
    ['a GIF', Buffer.from('GIF89a'.padEnd(100, '\0')), 'image/gif'],
    ['a document', Buffer.from('%PDF-1.7\n'.padEnd(200, ' ')), 'application/pdf'],
  ])('%s is refused by its content', async (_, file, looksLike) => {
    await expect(mediaTypeOf(file)).rejects.toMatchObject({
      code: 'wrong-media-type',
      message: expect.stringContaining(looksLike),
    });
  });

  it('a zip with the first bytes of a JPEG is refused too: it is not a whole one', async () => {
    const file = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('PK\x03\x04'), Buffer.alloc(500)]);
    await expect(cleaned(file, 'image/jpeg')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('a PNG that unpacks to gigabytes is refused', async () => {
    await expect(cleaned(pngWithPosition(60_000), 'image/png')).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('a file that is made to keep Steward busy', () => {
  it('is refused or done with at once: billions of samples that take no room', async () => {
    const film = filmWithPosition();
    const second = film.lastIndexOf(Buffer.from('stsz'));
    film.writeUInt32BE(1, second + 8); // all samples have one byte
    film.writeUInt32BE(0xffffffff, second + 12);
    film.writeUInt32BE(0xffffffff, film.lastIndexOf(Buffer.from('stsc')) + 16);
    const began = performance.now();
    await expect(cleaned(film, 'video/mp4')).rejects.toBeInstanceOf(DomainError);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('is refused or done with at once: a picture in pieces without a length', async () => {
    const heic = heicWithPosition();
    const iloc = heic.indexOf(Buffer.from('iloc'));
    heic.writeUInt16BE(0, iloc + 8);
    heic.fill(0xff, iloc + 10, iloc + 50);
    await expect(cleaned(heic, 'image/heic')).rejects.toBeInstanceOf(DomainError);
  });
});
