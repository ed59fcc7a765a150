import { useState, type FormEvent } from 'react';
import type { AlarmView } from '../../src/gateway/views.js';
import { reasonIn } from '../../src/kernel/reason-words.js';
import type { ApiClient } from '../shared/api-client.js';
import { ApiError } from '../shared/api-error.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { isUnacknowledged } from './alarm-order.js';

/** One alarm with what a person may do to it: acknowledge, put aside for a while, end. */
export function AlarmActions({ alarm, api, onDone }: { alarm: AlarmView; api: ApiClient; onDone?: () => void }) {
  const { t, pick, word, lang } = useLanguage();
  const [shelving, setShelving] = useState(false);
  const [minutes, setMinutes] = useState('30');
  const [reason, setReason] = useState('');
  const [trouble, setTrouble] = useState<string | null>(null);

  const attempt = async (what: Promise<unknown>): Promise<void> => {
    setTrouble(null);
    try {
      await what;
      setShelving(false);
    } catch (error) {
      setTrouble(error instanceof ApiError ? t('error.refused', { message: error.message }) : t('error.offline'));
    }
    onDone?.();
  };
  const shelve = (event: FormEvent): void => {
    event.preventDefault();
    void attempt(api.shelveAlarm(alarm.id, Number(minutes), reason.trim()));
  };
  // P1 cannot be put aside (law 6): the button is not even there.
  const mayShelve = alarm.priority !== 'P1' && (alarm.state === 'UNACK' || alarm.state === 'ACKED');

  return (
    <div className="alarm-actions" data-alarm={alarm.id}>
      <p>
        <PriorityMark priority={alarm.priority} /> {pick(alarm.title)} · {pick(alarm.place)}{' '}
        <span className="muted">{t(`alarmState.${alarm.state}`)}</span>
      </p>
      <p className="muted">{reasonIn(lang, alarm.reason)}</p>
      {trouble !== null && (
        <p className="error-line" role="alert">
          {trouble}
        </p>
      )}
      <div className="moves">
        {isUnacknowledged(alarm) && (
          <button
            type="button"
            className="button"
            data-testid="alarm-ack"
            onClick={() => void attempt(api.ackAlarm(alarm.id))}
          >
            {t('alarms.ack')} <kbd>A</kbd>
          </button>
        )}
        {mayShelve && (
          <button type="button" className="button" onClick={() => setShelving(!shelving)}>
            {t('alarms.shelve')}
          </button>
        )}
        {alarm.state !== 'NORM' &&
          alarm.endBy.map((how) => (
            <button
              key={how}
              type="button"
              className="button"
              data-how={how}
              onClick={() => void attempt(api.endAlarm(alarm.id, how))}
            >
              {t('alarms.end')}: {word('endHow', how)}
            </button>
          ))}
      </div>
      {shelving && (
        <form className="move-form" onSubmit={shelve}>
          <label className="field">
            <span>{t('alarms.minutes')}</span>
            <input
              className="input num"
              type="number"
              min={1}
              max={1440}
              required
              value={minutes}
              onChange={(e) => setMinutes(e.target.value)}
            />
          </label>
          <label className="field">
            <span>{t('reason')}</span>
            <input
              className="input"
              required
              pattern=".*\S.*"
              value={reason}
              onChange={(e) => setReason(e.target.value)}
            />
          </label>
          <button type="submit" className="button is-strong">
            {t('alarms.shelve')}
          </button>
        </form>
      )}
    </div>
  );
}
