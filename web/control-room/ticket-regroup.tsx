import { useState, type FormEvent } from 'react';
import type { TicketDetail, TicketView } from '../../src/gateway/views.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';

const ONGOING = new Set(['opened', 'accepted', 'en-route', 'on-site', 'contained']);

/** Two tickets that are one, one that is two. A P1 is never offered to go up in another: people are in danger there. */
export function TicketRegroup({
  ticket,
  others,
  onMerge,
  onSplit,
}: {
  ticket: TicketDetail;
  /** Tickets of the estate. */
  others: Iterable<TicketView>;
  onMerge: (into: string, reason: string) => void;
  onSplit: (alarms: readonly string[], reason: string) => void;
}) {
  const { t, pick } = useLanguage();
  const [asking, setAsking] = useState<'merge' | 'split' | null>(null);
  const [into, setInto] = useState('');
  const [alarms, setAlarms] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState('');
  const ongoing = ONGOING.has(ticket.state);
  const open = ticket.alarms.filter((a) => a.endedAt === null);
  const targets = [...others].filter((o) => o.id !== ticket.id && ONGOING.has(o.state) && o.drill === ticket.drill);
  const mayMerge = ongoing && ticket.priority !== 'P1' && targets.length > 0;
  const maySplit = ongoing && open.length > 1;
  const close = (): void => {
    setAsking(null);
    setInto('');
    setAlarms(new Set());
    setReason('');
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (asking === 'merge' && into) onMerge(into, reason.trim());
    else if (asking === 'split' && alarms.size > 0) onSplit([...alarms], reason.trim());
    else return;
    close();
  };
  const toggle = (id: string): void => {
    const next = new Set(alarms);
    if (!next.delete(id)) next.add(id);
    setAlarms(next);
  };
  if (!mayMerge && !maySplit && ticket.links.length === 0) return null;
  return (
    <section data-testid="regroup">
      <h3>{t('group.title')}</h3>
      {ticket.links.map((link) => {
        const here = link.kind === 'merged' && link.direction === 'from';
        const back = here ? open.filter((a) => link.alarms.includes(a.id)).map((a) => a.id) : [];
        const key =
          link.kind === 'merged'
            ? here
              ? ('group.merged' as const)
              : ('group.mergedInto' as const)
            : link.direction === 'from'
              ? ('group.splitFrom' as const)
              : ('group.splitTo' as const);
        return (
          <p key={`${link.ticketId}${link.at}`} className="link-line">
            <button type="button" className="button is-plain" onClick={() => goTo('tickets', link.ticketId)}>
              {t(key, { no: link.no })}
            </button>
            <span className="muted">“{link.reason}”</span>
            {ongoing && back.length > 0 && (
              <button
                type="button"
                className="button"
                data-testid="undo-merge"
                onClick={() => onSplit(back, t('group.undoReason'))}
              >
                {t('group.undo')}
              </button>
            )}
          </p>
        );
      })}
      {asking === null ? (
        <div className="moves">
          {mayMerge && (
            <button type="button" className="button" data-testid="merge" onClick={() => setAsking('merge')}>
              {t('group.merge')}
            </button>
          )}
          {maySplit && (
            <button type="button" className="button" data-testid="split" onClick={() => setAsking('split')}>
              {t('group.split')}
            </button>
          )}
        </div>
      ) : (
        <form className="move-form" onSubmit={submit}>
          {asking === 'merge' ? (
            <select
              className="input"
              data-testid="merge-into"
              aria-label={t('group.into')}
              autoFocus
              required
              value={into}
              onChange={(e) => setInto(e.target.value)}
            >
              <option value="">{t('group.into')}</option>
              {targets.map((o) => (
                <option key={o.id} value={o.id}>
                  {o.no} {pick(o.place)} {pick(o.title)}
                </option>
              ))}
            </select>
          ) : (
            <fieldset className="call-kinds">
              <legend>{t('group.which')}</legend>
              {open.map((a) => (
                <label key={a.id} className={alarms.has(a.id) ? 'is-chosen' : ''} data-alarm={a.id}>
                  <input type="checkbox" checked={alarms.has(a.id)} onChange={() => toggle(a.id)} />
                  {pick(a.place)} {pick(a.title)}
                </label>
              ))}
            </fieldset>
          )}
          <input
            className="input"
            data-testid="regroup-reason"
            required
            pattern=".*\S.*"
            maxLength={500}
            placeholder={t('reason')}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
          />
          <div className="form-foot">
            <button type="button" className="button" onClick={close}>
              {t('back')}
            </button>
            <button type="submit" className="button is-strong" data-testid="regroup-confirm">
              {t(asking === 'merge' ? 'group.merge' : 'group.split')}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
