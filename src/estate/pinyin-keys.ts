import { pinyin } from 'pinyin-pro';

/** How a Chinese name may be typed: by its syllables, or by their first letters. Digits and latin letters stay. */
export interface PinyinKeys {
  /** "6栋 西梯" is `6 dong xi ti`: a space before each part but the first. */
  readonly syllables: string;
  /** `6dxt`. */
  readonly initials: string;
}

export const hasHan = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** Lower case, full-width forms made plain, and nothing but letters and digits: "６－1201 室" is `61201室`. */
export const normalise = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** Thousands of places are made of a few words: 栋, 室, 西梯. */
const syllablesOf = new Map<string, readonly string[]>();
const MOST_KEPT = 20_000;

function read(han: string, family: boolean): readonly string[] {
  const key = `${family} ${han}`;
  const known = syllablesOf.get(key);
  if (known) return known;
  if (syllablesOf.size >= MOST_KEPT) syllablesOf.clear();
  const made = pinyin(han, {
    toneType: 'none',
    type: 'array',
    v: true,
    ...(family ? { surname: 'head' as const } : {}),
  });
  syllablesOf.set(key, made);
  return made;
}

/** @param family read the first sign as a family name: 单 is Shan there, 曾 is Zeng */
export function pinyinKeys(name: string, family = false): PinyinKeys {
  const parts: string[] = [];
  let initials = '';
  for (const [run] of name
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/\p{Script=Han}+|\P{Script=Han}+/gu)) {
    if (hasHan(run)) {
      const syllables = read(run, family && parts.length === 0);
      parts.push(...syllables);
      initials += syllables.map((s) => s.slice(0, 1)).join('');
    } else if (normalise(run) !== '') {
      // What is no Chinese sign stays whole: "6" and "VIP" are typed as they are.
      parts.push(normalise(run));
      initials += normalise(run);
    }
  }
  return { syllables: parts.join(' '), initials };
}
