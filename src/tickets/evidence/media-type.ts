import { fileTypeFromBuffer } from 'file-type';
import { DomainError } from '../../kernel/domain-error.js';

export interface MediaType {
  readonly kind: 'photo' | 'film';
  readonly mime: string;
}

/** What a piece of evidence may be. Nothing here is run or unpacked by a page that shows it. */
const ACCEPTED: ReadonlyMap<string, MediaType['kind']> = new Map([
  ['image/jpeg', 'photo'],
  ['image/png', 'photo'],
  ['image/webp', 'photo'],
  ['image/heic', 'photo'],
  ['image/heif', 'photo'],
  ['video/mp4', 'film'],
  ['video/quicktime', 'film'],
  ['video/webm', 'film'],
]);

/** Bytes at the beginning of a file that tell its type. */
export const HEAD_BYTES = 4100;
/** A photo of a phone, unpacked or not; a minute of film. */
export const MAX_BYTES: Readonly<Record<MediaType['kind'], number>> = { photo: 15 * 2 ** 20, film: 100 * 2 ** 20 };

/**
 * The type by content: a name or a header says what somebody wants, not what it is.
 * @throws DomainError `wrong-media-type` that says what it looks like
 */
export async function mediaTypeOf(head: Uint8Array): Promise<MediaType> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  // A photo in motion is a HEIC in a sequence; its brand differs, the boxes do not.
  const mime = found?.mime.replace(/-sequence$/, '');
  const kind = ACCEPTED.get(mime ?? '');
  if (mime && kind) return { kind, mime };
  const looksLike = found?.mime ?? 'neither photo nor film';
  throw new DomainError(
    'wrong-media-type',
    `Only JPEG, PNG, WebP and HEIC photos and MP4, MOV and WebM films are taken; this is ${looksLike}.`,
    { looksLike },
  );
}

export const tooLarge = (kind: MediaType['kind']): DomainError =>
  new DomainError('too-large', `A ${kind} has ${MAX_BYTES[kind] / 2 ** 20} MB at most.`, { maxBytes: MAX_BYTES[kind] });
