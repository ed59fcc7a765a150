import { en } from './en.js';
import { zh } from './zh.js';

export type Lang = 'zh' | 'en';
export type MessageKey = keyof typeof zh;
/** What every language must give: all keys, nothing else. */
export type Catalogue = Record<MessageKey, string>;

type Slots<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? P | Slots<Rest> : never;
type Values<K extends MessageKey> = Slots<(typeof zh)[K]>;
/** A key without `{…}` takes no values; one with them must be given each by name. */
export type MessageArgs<K extends MessageKey> = [Values<K>] extends [never] ? [] : [Record<Values<K>, string | number>];

export const catalogues: Record<Lang, Catalogue> = { zh, en };

const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(zh, key);

/** The words of `key` in `lang`, with `{name}` replaced by `values.name`. */
export const text = <K extends MessageKey>(lang: Lang, key: K, ...args: MessageArgs<K>): string => {
  const values: Record<string, string | number> = args[0] ?? {};
  return catalogues[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
};

/** `prefix.name` when the catalogue has it, else the name itself: servers may learn words before pages do. */
export const wordOr = (lang: Lang, prefix: string, name: string): string => {
  const key = `${prefix}.${name}`;
  return isMessageKey(key) ? catalogues[lang][key] : name;
};
