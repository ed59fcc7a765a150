/** What keeps bytes from being text that may stand in an id, a user name or a topic. */
export type TextFault = 'nul' | 'control-character' | 'invalid-utf8' | 'non-character';

const continues = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/**
 * MQTT 3.1.1 §1.5.3: well-formed UTF-8 without surrogates and NUL (a must), without control characters and
 * non-characters (a server may refuse them; they garble logs, and two ids that look alike must not differ by one).
 * @returns the first fault in `bytes[start, end)`, or null
 */
export function textFault(bytes: Uint8Array, start: number, end: number): TextFault | null {
  let i = start;
  while (i < end) {
    const c = bytes[i] as number;
    if (c < 0x80) {
      if (c < 0x20 || c === 0x7f) return c === 0 ? 'nul' : 'control-character';
      i++;
      continue;
    }
    const size = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
    if (size === 0 || i + size > end) return 'invalid-utf8';
    let point = c & (0xff >> (size + 1));
    for (let k = 1; k < size; k++) {
      const next = bytes[i + k];
      if (!continues(next)) return 'invalid-utf8';
      point = (point << 6) | ((next as number) & 0x3f);
    }
    // Overlong forms of 3 and 4 bytes, halves of surrogate pairs, beyond Unicode.
    if ((size === 3 && point < 0x800) || (size === 4 && point < 0x10000)) return 'invalid-utf8';
    if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) return 'invalid-utf8';
    if (point <= 0x9f) return 'control-character';
    if ((point & 0xfffe) === 0xfffe || (point >= 0xfdd0 && point <= 0xfdef)) return 'non-character';
    i += size;
  }
  return null;
}
