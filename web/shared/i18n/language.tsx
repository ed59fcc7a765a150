import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Names } from '../../../src/gateway/views.js';
import { safeStorage } from '../safe-storage.js';
import { text, wordOr, type Lang, type MessageArgs, type MessageKey } from './text.js';

interface Language {
  lang: Lang;
  t: <K extends MessageKey>(key: K, ...args: MessageArgs<K>) => string;
  /** A server's word: `prefix.name` when the catalogue knows it, else the name itself. */
  word: (prefix: string, name: string) => string;
  /** The reader's side of a pair of names. */
  pick: (names: Names) => string;
  toggle: () => void;
}

const KEY = 'steward.lang';
const Context = createContext<Language | null>(null);

const initialLang = (): Lang => {
  const kept = safeStorage.get(KEY);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh';
};

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(initialLang);
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }, [lang]);
  const value = useMemo<Language>(
    () => ({
      lang,
      t: (key, ...args) => text(lang, key, ...args),
      word: (prefix, name) => wordOr(lang, prefix, name),
      pick: (names) => names[lang] || names.zh || names.en,
      toggle: () => {
        const next = lang === 'zh' ? 'en' : 'zh';
        safeStorage.set(KEY, next);
        setLang(next);
      },
    }),
    [lang],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useLanguage = (): Language => {
  const language = useContext(Context);
  if (!language) throw new Error('LanguageProvider is missing');
  return language;
};
