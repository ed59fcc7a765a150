import { pinyin } from 'pinyin-pro';

/** How a Chinese name may be typed: by its syllables, or by their first letters. Digits and latin letters stay. */
export interface PinyinKeys {
  /** Normalised: "6栋 西梯" is `6 dong xi ti`; a space stands before each syllable but the first. */
  readonly syllables: string;
  /** `6dxt`. */
  readonly initials: string;
}

const HAN = /\p{Script=Han}/u;
export const hasHan = (text: string): boolean => HAN.test(text);

/** Lower case, full-width forms made plain, and nothing but letters and digits: "６－1201 室" is `61201室`. */
export const normalise = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** @param family read the first sign as a family name: 单 is Shan there, 曾 is Zeng */
export function pinyinKeys(name: string, family = false): PinyinKeys {
  const options = { toneType: 'none', type: 'array', nonZh: 'consecutive', v: true } as const;
  const parts = pinyin(name.normalize('NFKC').toLowerCase(), family ? { ...options, surname: 'head' } : options)
    .map(normalise)
    .filter((p) => p !== '');
  return {
    syllables: parts.join(' '),
    // What was no Chinese sign stays whole: "6" and "VIP" are typed as they are.
    initials: parts.map((p, i) => (isSyllable(name, p, i) ? p.slice(0, 1) : p)).join(''),
  };
}

const isSyllable = (name: string, part: string, _at: number): boolean =>
  /^[a-zü]+$/.test(part) && !normalise(name).includes(part);
