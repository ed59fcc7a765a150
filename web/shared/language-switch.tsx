import { useLanguage } from './i18n/language.js';

export function LanguageSwitch() {
  const { t, toggle, lang } = useLanguage();
  return (
    <button
      type="button"
      className="button is-plain"
      data-testid="lang-switch"
      lang={lang === 'zh' ? 'en' : 'zh-CN'}
      onClick={toggle}
    >
      {t('lang.switch')}
    </button>
  );
}
