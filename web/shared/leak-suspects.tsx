import { useEffect, useState } from 'react';
import type { LocalisationView, RiserUnitView, TicketDetail } from '../../src/gateway/views.js';
import { ContactButtons } from './contact-buttons.js';
import { useLanguage } from './i18n/language.js';

/** Events whose water has a source to be found; others are not asked about. */
const WATER = /^(pipe\.|meter\.|riser\.|elevator\.pit-water)/;
const SHOWN = 5;
const LABELS = 12;

const labels = (units: readonly RiserUnitView[]): string =>
  units
    .slice(0, LABELS)
    .map((u) => u.label)
    .join(' · ') + (units.length > LABELS ? ' …' : '');

/** Where the water may come from, asked for again whenever the ticket changes: the service says so when the order does. */
export function LeakSuspects({
  ticket,
  ask,
  heading: Heading,
}: {
  ticket: TicketDetail;
  ask: (ticketId: string) => Promise<LocalisationView>;
  heading: 'h2' | 'h3';
}) {
  const { t, pick } = useLanguage();
  const [found, setFound] = useState<LocalisationView | null>(null);
  const isWater = ticket.alarms.some((a) => WATER.test(a.event));
  useEffect(() => {
    if (!isWater) return undefined;
    let wanted = true;
    // Without an answer the last one stays: an old suspect is better than none.
    ask(ticket.id).then(
      (answer) => wanted && setFound(answer),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [ask, isWater, ticket]);

  if (!isWater || found?.ticketId !== ticket.id) return null;
  const valve = found.riser?.valve;
  return (
    <section data-testid="leak-suspects">
      <Heading>{t('leak.title')}</Heading>
      {valve && found.riser && (
        <p className="leak-valve" data-testid="leak-valve">
          <strong>{t('leak.valve')}</strong> {valve} <span className="muted">{pick(found.riser.name)}</span>
        </p>
      )}
      {found.suspects.length === 0 && <p className="muted">{t('leak.nobody')}</p>}
      <ol className="suspects">
        {found.suspects.slice(0, SHOWN).map((s) => (
          <li key={s.unit} data-testid="leak-suspect" data-unit={s.unit}>
            <strong>{pick(s.place)}</strong> {pick(s.reason)}
            {s.valve && <span className="muted"> {t('leak.branch', { valve: s.valve })}</span>}
            {s.keyCustody && <span className="muted"> {t('leak.key', { where: s.keyCustody })}</span>}
            {s.contacts.length > 0 && <ContactButtons contacts={s.contacts} />}
          </li>
        ))}
      </ol>
      {found.suspects.length > SHOWN && (
        <p className="muted">{t('leak.more', { count: found.suspects.length - SHOWN })}</p>
      )}
      {found.below.length > 0 && (
        <p>
          <strong>{t('leak.below')}</strong> {labels(found.below)}
        </p>
      )}
      {found.above.length > 0 && (
        <p>
          <strong>{t('leak.above')}</strong> {labels(found.above)}
        </p>
      )}
      {found.notes.map((n) => (
        <p className="muted" key={n.en}>
          {pick(n)}
        </p>
      ))}
    </section>
  );
}
