import { useLanguage } from '../shared/i18n/language.js';
import { UnitPatterns } from './unit-patterns.js';

export function MapLegend() {
  const { t } = useLanguage();
  const swatch = (className: string) => (
    <svg viewBox="0 0 16 12" aria-hidden="true">
      <rect className={`unit ${className}`} width="16" height="12" rx="1" />
    </svg>
  );
  return (
    <p className="legend muted">
      <svg width="0" height="0" aria-hidden="true">
        <UnitPatterns />
      </svg>
      <span>
        {swatch('')} {t('map.legend.occupied')}
      </span>
      <span>
        {swatch('is-empty')} {t('map.legend.empty')}
      </span>
      <span>
        {swatch('is-renovating')} {t('map.legend.renovating')}
      </span>
      <span>
        {swatch('flow-2')}
        {swatch('flow-4')} {t('map.legend.flow')}
      </span>
    </p>
  );
}
