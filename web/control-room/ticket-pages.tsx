import type { Names, PageView } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { OnBehalf } from '../shared/on-behalf.js';
import { CopyJobLink } from './copy-job-link.js';

/** Every call of a slot with how far it got: "the phone has it" is not "somebody has seen it". */
export function TicketPages({
  pages,
  people,
  api,
  timeZone,
}: {
  pages: readonly PageView[];
  people: ReadonlyMap<string, Names>;
  /** null = links are of no use any more. */
  api: ApiClient | null;
  timeZone?: string;
}) {
  const { t, pick, word } = useLanguage();
  const sorted = [...pages].sort(
    (a, b) => a.round - b.round || a.level - b.level || a.createdAt.localeCompare(b.createdAt),
  );
  return (
    <ul className="pages">
      {sorted.map((page) => (
        <li key={page.id} data-page={page.id} data-person={page.person} data-state={page.state}>
          <span>
            {page.phone ? (
              <a className="tel" href={`tel:${page.phone}`} title={page.phone}>
                ☎ {pick(page.personName)}
              </a>
            ) : (
              pick(page.personName)
            )}{' '}
            <span className="muted">{t(`role.${page.role}`)}</span>
            {api && page.role === 'contractor' && <CopyJobLink ticketId={page.ticketId} pageId={page.id} api={api} />}
            {page.channel !== 'websocket' && <span className="muted"> · {word('profile', page.channel)}</span>}
            {page.silent && <span className="muted"> · {t('ticket.silent')}</span>}
          </span>
          <span className={`page-state is-${page.state}`}>
            {t(`pageState.${page.state}`)}
            {page.reason && page.state !== 'recalled' && (
              <span className="muted"> “{word('reason', page.reason)}”</span>
            )}
            <OnBehalf by={page.onBehalfBy} names={people} />
          </span>
          <time className="muted">
            {formatTime(page.endedAt ?? page.seenAt ?? page.deliveredAt ?? page.sentAt ?? page.createdAt, timeZone)}
          </time>
        </li>
      ))}
    </ul>
  );
}
