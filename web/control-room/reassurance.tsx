import type { TicketDetail } from '../../src/gateway/views.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';

/** Speaking with the trapped people every five minutes is a duty (DB32/T 4130) and must be logged. */
export function Reassurance({
  ticket,
  timeZone,
  onReassure,
}: {
  ticket: TicketDetail;
  timeZone?: string;
  onReassure: () => void;
}) {
  const { t } = useLanguage();
  const wanted = ticket.clocks.some((c) => c.key === 'reassurance' && c.doneAt === null);
  if (!wanted) return null;
  const last = ticket.slots
    .map((s) => s.lastReassuredAt)
    .filter((at) => at !== null)
    .sort()
    .at(-1);
  return (
    <section className="reassurance">
      <button type="button" className="button" data-testid="reassure" onClick={onReassure}>
        {t('reassure.button')}
      </button>
      <span className="muted">
        {last ? t('reassure.last', { time: formatTime(last, timeZone) }) : t('reassure.never')}
      </span>
    </section>
  );
}
