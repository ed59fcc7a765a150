import { useCallback, useEffect, useState } from 'react';
import type { JobAction } from '../../src/gateway/job-views.js';
import { LanguageSwitch } from '../shared/language-switch.js';
import { useLanguage } from '../shared/i18n/language.js';
import { learnServerTime } from '../shared/server-clock.js';
import { askJob, type JobAnswer } from './job-client.js';
import { JobCard } from './job-card.js';

const EVERY_MS = 30_000;
const AGAIN_MS = 5000;

/** A contractor's own job, opened by a link: nothing to sign in to, nothing else to see. */
export function JobApp({ token }: { token: string }) {
  const { t } = useLanguage();
  const [answer, setAnswer] = useState<JobAnswer | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [declined, setDeclined] = useState(false);
  const take = useCallback(
    (next: JobAnswer): void => {
      if (next.kind === 'job') learnServerTime(next.job.now);
      const keeps = next.kind === 'refused' || next.kind === 'offline';
      setTrouble(next.kind === 'refused' ? next.message : next.kind === 'offline' ? t('job.offline') : null);
      // What is known stays in view while the service cannot be reached.
      setAnswer((before) => (keeps && before ? before : next));
    },
    [t],
  );

  const alive = answer === null || answer.kind === 'job' || answer.kind === 'offline';
  useEffect(() => {
    if (!alive) return;
    const look = (): void => {
      if (document.visibilityState === 'visible') void askJob(token).then(take);
    };
    if (answer === null) look();
    const timer = setInterval(look, trouble === null ? EVERY_MS : AGAIN_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [alive, answer === null, token, take, trouble === null]);

  const act = async (action: JobAction): Promise<void> => {
    setBusy(true);
    const after = await askJob(token, action);
    take(after);
    setDeclined(action === 'decline' && after.kind === 'job');
    setBusy(false);
  };
  return (
    <main className="job">
      <header className="job-head">
        <strong>{t('job.title')}</strong>
        <LanguageSwitch />
      </header>
      {trouble !== null && (
        <p className="error-line" role="alert" data-testid="job-trouble">
          {trouble}
        </p>
      )}
      {declined && (
        <p className="notice" role="status" data-testid="job-declined">
          {t('job.declined')}
        </p>
      )}
      {answer?.kind === 'job' && <JobCard job={answer.job} busy={busy} onAct={(action) => void act(action)} />}
      {answer?.kind === 'gone' && (
        <p className="job-end" data-testid="job-end" data-reason={answer.reason}>
          {t(`job.gone.${answer.reason}`)}
        </p>
      )}
      {(answer?.kind === 'wrong' || answer?.kind === 'too-many') && (
        <p className="job-end" data-testid="job-end" data-reason={answer.kind}>
          {t(answer.kind === 'wrong' ? 'job.wrong' : 'job.tooMany')}
        </p>
      )}
    </main>
  );
}
