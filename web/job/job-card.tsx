import { useState } from 'react';
import type { JobAction, JobView } from '../../src/gateway/job-views.js';
import { inClockOrder } from '../shared/clock-order.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { TicketClock } from '../shared/ticket-clock.js';

/** Place, event, how to get in, how long is left; one large thing to do next. */
export function JobCard({ job, busy, onAct }: { job: JobView; busy: boolean; onAct: (action: JobAction) => void }) {
  const { t, pick } = useLanguage();
  const [sure, setSure] = useState(false);
  const [clock, ...clocks] = inClockOrder(job.clocks);
  const press = (action: JobAction): void => {
    // A slip must not end the emergency of people who are still inside.
    if (action === 'rescued' && !sure) return setSure(true);
    setSure(false);
    onAct(action);
  };
  const button = (action: JobAction, strong: boolean) => (
    <button
      key={action}
      type="button"
      className={`button job-button ${strong ? 'is-strong' : ''}`}
      data-action={action}
      disabled={busy}
      onClick={() => press(action)}
    >
      {t(action === 'rescued' && sure ? 'job.rescuedSure' : `job.${action}`)}
    </button>
  );
  const strong = job.can.find((a) => a !== 'decline');
  return (
    <article className={`job-card ${job.priority.toLowerCase()}`} data-testid="job" data-state={job.state}>
      <p className="job-kind">
        <PriorityMark priority={job.priority} /> <strong>{pick(job.title)}</strong>
        {job.drill && <span className="drill">{t('job.drill')}</span>}
      </p>
      <h1>{pick(job.place)}</h1>
      <p className="muted">
        {pick(job.estate)} · {t('job.opened', { time: formatTime(job.openedAt) })}
      </p>
      {clock && <TicketClock clock={clock} large />}
      {clocks.map((c) => (
        <TicketClock key={c.key} clock={c} />
      ))}
      <section>
        <h2>{t('job.access')}</h2>
        <p>{job.access ? pick(job.access) : t('job.noAccess')}</p>
      </section>
      <div className="job-actions">
        {strong && button(strong, true)}
        {job.can.filter((a) => a !== strong).map((a) => button(a, false))}
      </div>
    </article>
  );
}
