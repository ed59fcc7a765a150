import { useState, type FormEvent } from 'react';
import type { TierCallView } from '../../src/gateway/views.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';

export interface TierReport {
  spokeWith: string;
  contact?: string;
}

/** The next rescue tier is to be called: the numbers as buttons, and it stays until somebody says that it was done. */
export function TierCalls({
  calls,
  timeZone,
  onCalled,
}: {
  calls: readonly TierCallView[];
  timeZone?: string;
  onCalled: (tier: 2 | 3, report: TierReport) => void;
}) {
  if (calls.length === 0) return null;
  return (
    <section className="tier-calls" data-testid="tier-calls">
      {calls.map((call) =>
        call.calledAt === null ? (
          <WaitingCall key={call.tier} call={call} timeZone={timeZone} onCalled={(r) => onCalled(call.tier, r)} />
        ) : (
          <DoneCall key={call.tier} call={call} timeZone={timeZone} />
        ),
      )}
    </section>
  );
}

function WaitingCall({
  call,
  timeZone,
  onCalled,
}: {
  call: TierCallView;
  timeZone?: string;
  onCalled: (report: TierReport) => void;
}) {
  const { t, pick } = useLanguage();
  const [spokeWith, setSpokeWith] = useState('');
  const [contact, setContact] = useState(call.contacts[0]?.phone ?? '');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (spokeWith.trim() !== '') onCalled({ spokeWith: spokeWith.trim(), ...(contact === '' ? {} : { contact }) });
  };
  return (
    <form className="tier-call is-waiting" role="alert" data-tier={call.tier} onSubmit={send}>
      <p>
        <strong>{pick(call.title)}</strong>{' '}
        <span className="muted">{t('tier.since', { time: formatTime(call.dueAt, timeZone) })}</span>
      </p>
      {call.contacts.length === 0 && <p>{t('tier.noNumber')}</p>}
      <ul className="contacts">
        {call.contacts.map((c) => (
          <li key={c.phone}>
            <a className="button" href={`tel:${c.phone}`} onClick={() => setContact(c.phone)}>
              <span aria-hidden="true">☎</span>
              {pick(c.name)} <span className="num">{c.phone}</span>
            </a>
          </li>
        ))}
      </ul>
      <div className="tier-report">
        <input
          className="input"
          data-testid="tier-spoke-with"
          aria-label={t('tier.spokeWith')}
          placeholder={t('tier.spokeWith')}
          maxLength={200}
          value={spokeWith}
          onChange={(e) => setSpokeWith(e.target.value)}
        />
        <button type="submit" className="button is-strong" data-testid="tier-called" disabled={spokeWith.trim() === ''}>
          {t('tier.called')}
        </button>
      </div>
    </form>
  );
}

function DoneCall({ call, timeZone }: { call: TierCallView; timeZone?: string }) {
  const { t, pick } = useLanguage();
  const by = call.calledBy ? pick(call.calledBy) : '';
  const time = formatTime(call.calledAt ?? '', timeZone);
  return (
    <p className="tier-call muted" data-tier={call.tier}>
      {pick(call.title)}: {t('tier.done', { time, by, who: call.spokeWith ?? '' })}
    </p>
  );
}
