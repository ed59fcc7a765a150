import type { Priority } from '../../src/kernel/events.js';
import { useLanguage } from './i18n/language.js';

const SHAPES: Record<Priority, string> = {
  P1: 'M8 0 16 8 8 16 0 8Z',
  P2: 'M8 1 16 15H0Z',
  P3: 'M8 1a7 7 0 1 0 .01 0Z',
  P4: 'M2 2h12v12H2Z',
};

/** Colour, shape and word together: nobody has to tell red from amber to know. */
export function PriorityShape({ priority }: { priority: Priority }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[priority]} fill="currentColor" />
    </svg>
  );
}

export function PriorityMark({ priority }: { priority: Priority }) {
  const { t } = useLanguage();
  return (
    <span className={`priority ${priority.toLowerCase()}`}>
      <PriorityShape priority={priority} />
      {priority} {t(`priority.${priority}`)}
    </span>
  );
}
