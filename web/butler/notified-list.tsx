import type { TicketDetail } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';

/** Who else was called, and what came of it. Most recent state of each person. */
export function NotifiedList({ ticket, me }: { ticket: TicketDetail | undefined; me: string }) {
  const { t, pick } = useLanguage();
  if (!ticket) return null;
  const others = [...new Map(ticket.pages.filter((p) => p.person !== me).map((p) => [p.person, p])).values()];
  if (others.length === 0) return <p className="muted">{t('page.alone')}</p>;
  return (
    <div className="notified">
      <p className="muted">{t('page.notified')}</p>
      <ul>
        {others.map((p) => (
          <li key={p.id}>
            <span>
              {pick(p.personName)} <span className="muted">{t(`role.${p.role}`)}</span>
            </span>
            <span className={p.state === 'accepted' ? '' : 'muted'}>{t(`pageState.${p.state}`)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
