import { setImmediate } from 'node:timers/promises';
import { damaged } from './damaged.js';
import type { Patch, ReadAt } from './patch.js';

/* Elements of EBML (RFC 8794) and Matroska (RFC 9559). */
const HEADER = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TAGS = 0x1254c367;
const ATTACHMENTS = 0x1941a469;
const INFO = 0x1549a966;
/** Of the head of the film: a title that somebody chose. */
const TITLE = 0x7ba9;
const VOID = 0xec;
const UNKNOWN = -1;
const MAX_ELEMENTS = 500_000;
/** So many are looked at in one go: pages do not wait for a film. */
const IN_ONE_GO = 2000;
/** What may stand in a segment, or in a cluster whose length is not told. */
const KNOWN = new Set([
  ...[0x114d9b74, INFO, 0x1654ae6b, CLUSTER, 0x1c53bb6b, 0x1043a770, TAGS, ATTACHMENTS, VOID, 0xbf],
  ...[0xe7, 0xab, 0xa7, 0xa3, 0xa0, 0xaf, 0x5854],
]);

/**
 * What must be written over a WebM so that it tells nothing but picture and sound: tags (position, device), attachments and
 * title become empty space. Films of a browser do not tell the length of segment and clusters; they are walked through.
 * @throws DomainError `invalid` when its parts cannot be told apart
 */
export async function webmPatches(file: ReadAt): Promise<Patch[]> {
  const patches: Patch[] = [];
  let clusters = 0;
  let inSegment = false;
  let inInfoUntil = 0;
  let count = 0;
  for (let p = 0; p < file.size;) {
    if (++count > MAX_ELEMENTS) throw damaged('film');
    if (count % IN_ONE_GO === 0) await setImmediate();
    const { id, size, body } = await elementAt(file, p);
    if (p === 0 && id !== HEADER) throw damaged('film');
    if (id === SEGMENT && !inSegment) {
      inSegment = true;
      p = body;
      continue;
    }
    const inInfo = p < inInfoUntil;
    if (inSegment && !inInfo && !KNOWN.has(id)) throw damaged('film');
    if (id === CLUSTER) clusters++;
    if (size === UNKNOWN) {
      if (id !== CLUSTER) throw damaged('film');
      p = body;
      continue;
    }
    const end = body + size;
    if (end > file.size) throw damaged('film');
    if (id === TAGS || id === ATTACHMENTS || (inInfo && id === TITLE) || id === VOID) patches.push(...empty(p, end));
    if (id === INFO) {
      inInfoUntil = end;
      p = body;
      continue;
    }
    p = end;
  }
  if (clusters === 0) throw damaged('film');
  return patches;
}

/** A Void element that fills the place of another. */
function empty(start: number, end: number): Patch[] {
  const length = end - start;
  const head =
    length >= 9
      ? Buffer.concat([Buffer.from([VOID, 0x01]), sevenBytes(length - 9)])
      : Buffer.from([VOID, 0x80 | (length - 2)]);
  return [
    { at: start, length: head.length, bytes: head },
    { at: start + head.length, length: length - head.length },
  ];
}

function sevenBytes(n: number): Buffer {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(n));
  return b.subarray(1);
}

async function elementAt(file: ReadAt, at: number): Promise<{ id: number; size: number; body: number }> {
  const head = await file.read(at, Math.min(12, file.size - at));
  const idLength = Math.clz32(head[0] ?? 0) - 23;
  if (idLength > 4 || head.length < idLength + 1) throw damaged('film');
  const first = head[idLength] ?? 0;
  const sizeLength = Math.clz32(first) - 23;
  if (sizeLength > 8 || head.length < idLength + sizeLength) throw damaged('film');
  let size = first & (0xff >> sizeLength);
  let unknown = size === 0xff >> sizeLength;
  for (let i = 1; i < sizeLength; i++) {
    const byte = head[idLength + i] ?? 0;
    unknown &&= byte === 0xff;
    size = size * 256 + byte;
  }
  return { id: head.readUIntBE(0, idLength), size: unknown ? UNKNOWN : size, body: at + idLength + sizeLength };
}
