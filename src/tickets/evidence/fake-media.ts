/*
 * Small photos and films for tests, with a position in every place in which cameras put one. The position is always
 * 27°59'17.4" N, 86°55'31.2" E, so that a test may look for it byte by byte.
 */

const text = (s: string): Buffer => Buffer.from(s, 'latin1');
const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
const u32 = (n: number): Buffer => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);

export const ISO_6709 = '+27.9881+086.9253+8848/';
/** Minutes and seconds of the position as EXIF writes them: three fractions. */
const LATITUDE = [27, 1, 59, 1, 174, 10];
const LONGITUDE = [86, 1, 55, 1, 312, 10];
export const MAKER_NOTE = 'MAKER NOTE of a camera that knows 27.9881';
export const TAKEN_AT = '2026:02:03 04:05:06';

/** 8 × 6 points, red. */
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQ' +
    'YEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAGAAgD' +
    'ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABQf/xAAUEQEA' +
    'AAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCfADKS/9k=',
  'base64',
);

/** An EXIF block with orientation 6, times, a maker's note and a position. @param big byte order */
export function exif(big: boolean): Buffer {
  const w16 = (n: number): Buffer => (big ? u16(n) : Buffer.from(u16(n)).reverse());
  const w32 = (n: number): Buffer => (big ? u32(n) : Buffer.from(u32(n)).reverse());
  const entry = (tag: number, type: number, count: number, value: Buffer): Buffer =>
    Buffer.concat([w16(tag), w16(type), w32(count), value, Buffer.alloc(4 - value.length)]);
  const fractions = (numbers: number[]): Buffer => Buffer.concat(numbers.map(w32));
  const taken = text(`${TAKEN_AT}\0`);
  const note = text(MAKER_NOTE);
  // Places: head 8, main 5 entries, sub 3 entries, position 4 entries, then the values.
  const [mainAt, mainSize, subSize, gpsSize] = [8, 2 + 5 * 12 + 4, 2 + 3 * 12 + 4, 2 + 4 * 12 + 4];
  const subAt = mainAt + mainSize;
  const gpsAt = subAt + subSize;
  const takenAt = gpsAt + gpsSize;
  const noteAt = takenAt + 20;
  const latitudeAt = noteAt + note.length + (note.length % 2);
  return Buffer.concat([
    text(big ? 'MM' : 'II'),
    w16(42),
    w32(8),
    w16(5),
    entry(0x010f, 2, 4, text('Cam\0')),
    entry(0x0112, 3, 1, w16(6)),
    entry(0x0132, 2, 20, w32(takenAt)),
    entry(0x8769, 4, 1, w32(subAt)),
    entry(0x8825, 4, 1, w32(gpsAt)),
    w32(0),
    w16(3),
    entry(0x9003, 2, 20, w32(takenAt)),
    entry(0x9011, 2, 7, w32(takenAt)),
    entry(0x927c, 7, note.length, w32(noteAt)),
    w32(0),
    w16(4),
    entry(1, 2, 2, text('N\0')),
    entry(2, 5, 3, w32(latitudeAt)),
    entry(3, 2, 2, text('E\0')),
    entry(4, 5, 3, w32(latitudeAt + 24)),
    w32(0),
    taken,
    note,
    Buffer.alloc(note.length % 2),
    fractions(LATITUDE),
    fractions(LONGITUDE),
  ]);
}

const segment = (marker: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), u16(body.length + 2), body]);
const XMP = text(
  `<x:xmpmeta><rdf:Description exif:GPSLatitude="27,59.29N" exif:GPSLongitude="${ISO_6709}"/></x:xmpmeta>`,
);

/** @param no makes files that differ */
export const jpegWithPosition = (big = false, no = 0): Buffer =>
  Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1, Buffer.concat([text('Exif\0\0'), exif(big)])),
    segment(0xe1, Buffer.concat([text('http://ns.adobe.com/xap/1.0/\0'), XMP])),
    segment(0xed, Buffer.concat([text('Photoshop 3.0\x008BIM\x04\x04'), text(ISO_6709)])),
    segment(0xfe, text(ISO_6709)),
    segment(0xe2, text(`ICC_PROFILE\0\x01\x01 no ${no}`)),
    jpeg.subarray(2),
    text(`after the end ${ISO_6709}`),
  ]);

const chunk = (type: string, body: Buffer): Buffer => Buffer.concat([u32(body.length), text(type), body, u32(0)]);
export const pngWithPosition = (width = 1): Buffer =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.concat([u32(width), u32(width), Buffer.from([8, 6, 0, 0, 0])])),
    chunk('eXIf', exif(true)),
    chunk('tEXt', text(`Location\0${ISO_6709}`)),
    chunk('iTXt', XMP),
    chunk('gAMA', u32(45455)),
    chunk('IDAT', text('not really packed')),
    chunk('IEND', Buffer.alloc(0)),
    text(ISO_6709),
  ]);

const part = (type: string, body: Buffer): Buffer =>
  Buffer.concat([text(type), Buffer.from(u32(body.length)).reverse(), body, Buffer.alloc(body.length % 2)]);
export function webpWithPosition(): Buffer {
  const parts = Buffer.concat([
    part('VP8X', Buffer.from([0x0c, 0, 0, 0, 3, 0, 0, 3, 0, 0])),
    part('VP8L', text('picture')),
    part('EXIF', exif(false)),
    part('XMP ', XMP),
  ]);
  return Buffer.concat([text('RIFF'), Buffer.from(u32(parts.length + 4)).reverse(), text('WEBP'), parts]);
}

const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), text(type), body]);
};
const full = (type: string, ...parts: Buffer[]): Buffer => box(type, u32(0), ...parts);

/** Picture and a track that tells the position with every frame, beside user data, keys, XMP and empty space. */
export function filmWithPosition(brand = 'isom'): Buffer {
  const ftyp = box('ftyp', text(brand), u32(0), text(brand));
  const picture = text('the picture itself, frame by frame');
  const told = text(`frame 1 ${ISO_6709}`);
  const track = (handler: string, at: number, size: number): Buffer =>
    box(
      'trak',
      full('tkhd', Buffer.alloc(80)),
      box('udta', box('\xa9xyz', text(ISO_6709))),
      box(
        'mdia',
        full('hdlr', u32(0), text(handler), Buffer.alloc(13)),
        box(
          'minf',
          box(
            'stbl',
            full('stsz', u32(0), u32(2), u32(size - 4), u32(4)),
            full('stsc', u32(1), u32(1), u32(2), u32(1)),
            full('stco', u32(1), u32(at)),
          ),
        ),
      ),
    );
  const moov = (at: number): Buffer =>
    box(
      'moov',
      full('mvhd', Buffer.alloc(96)),
      track('vide', at, picture.length),
      track('meta', at + picture.length, told.length),
      box('udta', box('\xa9xyz', text(ISO_6709)), box('loci', text(ISO_6709))),
      box('meta', text(`com.apple.quicktime.location.ISO6709 ${ISO_6709}`)),
    );
  const mdatAt = ftyp.length + moov(0).length + 8;
  return Buffer.concat([
    ftyp,
    moov(mdatAt),
    box('mdat', picture, told),
    box('uuid', Buffer.alloc(16), XMP),
    box('free', text(ISO_6709)),
    box('sefd', text(ISO_6709)),
  ]);
}

export function heicWithPosition(): Buffer {
  const ftyp = box('ftyp', text('heic'), u32(0), text('mif1heic'));
  const picture = text('the picture itself');
  const told = Buffer.concat([u32(0), exif(true)]);
  const infe = (id: number, type: string): Buffer =>
    box('infe', Buffer.from([2, 0, 0, 0]), u16(id), u16(0), text(type), text('\0'));
  const meta = (at: number): Buffer =>
    full(
      'meta',
      full('hdlr', u32(0), text('pict'), Buffer.alloc(13)),
      full('iinf', u16(3), infe(1, 'hvc1'), infe(2, 'Exif'), infe(3, 'mime')),
      box(
        'iloc',
        Buffer.from([1, 0, 0, 0, 0x44, 0x00]),
        u16(3),
        ...[
          [1, at, picture.length],
          [2, at + picture.length, told.length],
          [3, at + picture.length + told.length, XMP.length],
        ].map(([id = 0, from = 0, size = 0]) => Buffer.concat([u16(id), u16(0), u16(0), u16(1), u32(from), u32(size)])),
      ),
    );
  const at = ftyp.length + meta(0).length + 8;
  return Buffer.concat([ftyp, meta(at), box('mdat', picture, told, XMP)]);
}

const element = (id: number[], body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(id),
    Buffer.from([0x10, body.length >> 16, (body.length >> 8) & 255, body.length & 255]),
    body,
  ]);

/** As browsers record it: the length of segment and clusters is not told. */
export const webmWithPosition = (): Buffer =>
  Buffer.concat([
    element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], text('webm'))),
    Buffer.from([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    element(
      [0x15, 0x49, 0xa9, 0x66],
      Buffer.concat([element([0x7b, 0xa9], text(ISO_6709)), element([0x4d, 0x80], text('a browser'))]),
    ),
    element([0x16, 0x54, 0xae, 0x6b], text('tracks')),
    Buffer.from([0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    element([0xe7], Buffer.from([0])),
    element([0xa3], text('the picture itself')),
    element([0x12, 0x54, 0xc3, 0x67], element([0x67, 0xc8], text(`LOCATION ${ISO_6709}`))),
  ]);

/** Everything that an EXIF block says, by tag, as a reader of EXIF finds it: directory by directory. */
export function tagsOf(tiff: Buffer): Map<number, string | number> {
  const little = tiff[0] === 0x49;
  const r16 = (p: number): number => (little ? tiff.readUInt16LE(p) : tiff.readUInt16BE(p));
  const r32 = (p: number): number => (little ? tiff.readUInt32LE(p) : tiff.readUInt32BE(p));
  const tags = new Map<number, string | number>();
  const walk = (at: number): void => {
    for (let i = 0; i < r16(at); i++) {
      const p = at + 2 + i * 12;
      const [tag, type, count] = [r16(p), r16(p + 2), r32(p + 4)];
      if (tag === 0x8769 || tag === 0x8825) {
        tags.set(tag, r32(p + 8));
        walk(r32(p + 8));
      } else if (type === 2) {
        const from = count <= 4 ? p + 8 : r32(p + 8);
        tags.set(tag, tiff.toString('latin1', from, from + count - 1));
      } else tags.set(tag, type === 3 ? r16(p + 8) : r32(p + 8));
    }
  };
  walk(r32(4));
  return tags;
}

/** The EXIF block of a JPEG; null = there is none. */
export function exifOfJpeg(file: Buffer): Buffer | null {
  const at = file.indexOf(text('Exif\0\0'));
  return at === -1 ? null : file.subarray(at + 6, at - 2 + file.readUInt16BE(at - 2));
}

/** Where a file still tells the position, in any of the ways in which these files do. */
export const tracesOfPosition = (file: Buffer): string[] =>
  [
    text(ISO_6709),
    text('27.9881'),
    text('GPSLatitude'),
    Buffer.concat(LATITUDE.map(u32)),
    Buffer.concat(LATITUDE.map((n) => Buffer.from(u32(n)).reverse())),
  ]
    .filter((trace) => file.includes(trace))
    .map((trace) => trace.toString('latin1'));
