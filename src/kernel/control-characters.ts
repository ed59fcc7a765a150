/** C0, DEL or C1: they have no business in an id or a code, they garble logs, and PostgreSQL cannot store NUL. */
export function hasControlCharacters(s: string): boolean {
  for (let i = 0; i < s.length; i++) if (isControl(s.charCodeAt(i))) return true;
  return false;
}

const isControl = (c: number): boolean => c < 0x20 || (c >= 0x7f && c <= 0x9f);

/** The same text with each control character but tab and newline shown as a dot. */
export function printable(s: string): string {
  let out = '';
  for (const ch of s) {
    const c = ch.charCodeAt(0);
    out += (isControl(c) && c !== 9 && c !== 10) || c === 0xfffd ? '·' : ch;
  }
  return out;
}
