import { boxesIn, emptied, type Box } from './boxes.js';
import { damaged } from './damaged.js';
import type { Patch, ReadAt } from './patch.js';

/** What a film is played from. Everything else at the top is metadata of some maker, or empty space. */
const PLAYED = new Set(['ftyp', 'moov', 'mdat', 'moof', 'mfra', 'sidx', 'ssix', 'styp', 'pdin']);
/** Where writers put position, device and owner: QuickTime user data (©xyz), keys of Apple, 3GPP loci, XMP. */
const TELLS = new Set(['udta', 'meta', 'uuid', 'free', 'skip', 'wide']);
const HELD = new Set(['vide', 'soun']);
const MAX_MOOV_BYTES = 32 * 2 ** 20;
const MAX_TRACKS = 64;
const MAX_SAMPLES = 300_000;

/**
 * What must be written over an MP4 or MOV so that it tells nothing but picture and sound: user data and metadata
 * become empty space, and tracks that are neither (a position with every frame) go with their samples.
 * @throws DomainError `invalid` when its parts cannot be told apart
 */
export async function filmPatches(file: ReadAt): Promise<Patch[]> {
  const top = await boxesIn(file, 0, file.size, 'film');
  const moov = top.find((b) => b.type === 'moov');
  if (top[0]?.type !== 'ftyp' || !moov || moov.end - moov.start > MAX_MOOV_BYTES) throw damaged('film');
  const patches = top.filter((b) => !PLAYED.has(b.type)).flatMap(emptied);
  const inPieces = top.some((b) => b.type === 'moof');
  let pictures = 0;
  const inside = await boxesIn(file, moov.body, moov.end, 'film');
  if (inside.filter((b) => b.type === 'trak').length > MAX_TRACKS) throw damaged('film');
  for (const box of inside) {
    if (TELLS.has(box.type)) patches.push(...emptied(box));
    if (box.type !== 'trak') continue;
    const track = await trackOf(file, box);
    if (track.handler === 'vide') pictures++;
    if (HELD.has(track.handler)) patches.push(...track.tells.flatMap(emptied));
    // Its samples lie in pieces that are not looked into: what they tell could not be taken out.
    else if (inPieces) throw damaged('film');
    else patches.push(...(await samplePatches(file, track.table)), ...emptied(box));
  }
  if (pictures === 0) throw damaged('film');
  return patches;
}

interface Track {
  /** `vide`, `soun`, or something that is not played. */
  readonly handler: string;
  readonly tells: readonly Box[];
  /** The boxes of its sample table. */
  readonly table: readonly Box[];
}

async function trackOf(file: ReadAt, trak: Box): Promise<Track> {
  const inTrack = await boxesIn(file, trak.body, trak.end, 'film');
  const mdia = one(inTrack, 'mdia');
  const inMedia = await boxesIn(file, mdia.body, mdia.end, 'film');
  const hdlr = one(inMedia, 'hdlr');
  const handler = (await file.read(hdlr.body, Math.min(12, hdlr.end - hdlr.body))).toString('latin1', 8, 12);
  const minf = one(inMedia, 'minf');
  const inInfo = await boxesIn(file, minf.body, minf.end, 'film');
  const stbl = one(inInfo, 'stbl');
  const table = await boxesIn(file, stbl.body, stbl.end, 'film');
  return { handler, tells: [...inTrack, ...inMedia, ...inInfo].filter((b) => TELLS.has(b.type)), table };
}

function one(boxes: readonly Box[], type: string): Box {
  const found = boxes.find((b) => b.type === type);
  if (!found) throw damaged('film');
  return found;
}

/** The stretches in which a track's samples lie: sizes (stsz), samples of each chunk (stsc), places of chunks (stco, co64). */
async function samplePatches(file: ReadAt, table: readonly Box[]): Promise<Patch[]> {
  const read = async (type: string): Promise<Buffer | null> => {
    const box = table.find((b) => b.type === type);
    return box ? file.read(box.body, box.end - box.body) : null;
  };
  const [sizes, chunks, places, farPlaces] = [
    await read('stsz'),
    await read('stsc'),
    await read('stco'),
    await read('co64'),
  ];
  const at = places ?? farPlaces;
  if (!sizes || !chunks || !at || sizes.length < 12 || chunks.length < 8 || at.length < 8) throw damaged('film');
  const width = places ? 4 : 8;
  const count = at.readUInt32BE(4);
  const runs = chunks.readUInt32BE(4);
  const same = sizes.readUInt32BE(4);
  const samples = sizes.readUInt32BE(8);
  // A position a second for a day is far less: what says more is made to keep us busy.
  if (count > MAX_SAMPLES || (same === 0 && samples > MAX_SAMPLES)) throw damaged('film');
  const short = at.length < 8 + count * width || chunks.length < 8 + runs * 12;
  if (short || (same === 0 && sizes.length < 12 + samples * 4)) throw damaged('film');
  const patches: Patch[] = [];
  for (let chunk = 0, run = 0, sample = 0; chunk < count; chunk++) {
    while (run + 1 < runs && chunks.readUInt32BE(8 + (run + 1) * 12) <= chunk + 1) run++;
    const inChunk = runs === 0 ? 0 : chunks.readUInt32BE(8 + run * 12 + 4);
    const until = Math.min(samples, sample + inChunk);
    let length = same * (until - sample);
    if (same === 0) for (let i = sample; i < until; i++) length += sizes.readUInt32BE(12 + i * 4);
    sample = until;
    const start = width === 4 ? at.readUInt32BE(8 + chunk * 4) : Number(at.readBigUInt64BE(8 + chunk * 8));
    if (start + length > file.size) throw damaged('film');
    if (length > 0) patches.push({ at: start, length });
  }
  return patches;
}
