import { useState } from 'react';
import type { PlaceHitView } from '../../src/gateway/by-hand-views.js';
import type { SlotView } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PlaceFinder } from './place-finder.js';

/** Who else is to come: somebody instead of the holder, or one more who is asked while the slot is empty. */
export function SlotPeople({
  slot,
  api,
  estate,
  onReassign,
  onAdd,
}: {
  slot: SlotView;
  api: ApiClient;
  estate: string;
  onReassign: (slot: string, to: string, reason: string) => void;
  onAdd: (slot: string, person: string) => void;
}) {
  const { t, pick } = useLanguage();
  const [asking, setAsking] = useState(false);
  const [to, setTo] = useState<PlaceHitView | null>(null);
  const [reason, setReason] = useState('');
  if (slot.state === 'over') return null;
  const taken = slot.state === 'filled';
  const close = (): void => {
    setAsking(false);
    setTo(null);
    setReason('');
  };
  // Only trained staff open a car; the service refuses the same.
  const wants = (hit: PlaceHitView): boolean =>
    hit.kind === 'person' &&
    hit.id !== slot.holder &&
    (slot.slot === 'rescuer' ? hit.roles.includes('contractor') : hit.roles.some((r) => r !== 'contractor'));
  if (!asking)
    return (
      <button
        type="button"
        className="button is-plain slot-more"
        data-testid={`${taken ? 'reassign' : 'add'}-${slot.slot}`}
        onClick={() => setAsking(true)}
      >
        {t(taken ? 'assign.reassign' : 'assign.add')}
      </button>
    );
  return (
    <form
      className="move-form"
      onSubmit={(e) => {
        e.preventDefault();
        if (!to) return;
        onReassign(slot.slot, to.id, reason.trim());
        close();
      }}
    >
      {to ? (
        <>
          <p>
            {t('assign.to')} <strong>{pick(to.name)}</strong>
          </p>
          <input
            className="input"
            data-testid="reassign-reason"
            autoFocus
            required
            pattern=".*\S.*"
            maxLength={500}
            placeholder={t('reason')}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
          />
        </>
      ) : (
        <PlaceFinder
          api={api}
          estate={estate}
          label={t(taken ? 'assign.to' : 'assign.more')}
          placeholder={t('assign.who')}
          nothing={t('assign.nobody')}
          wants={wants}
          onChoose={(hit) => {
            if (taken) return setTo(hit);
            onAdd(slot.slot, hit.id);
            close();
          }}
        />
      )}
      <div className="form-foot">
        <button type="button" className="button" onClick={close}>
          {t('back')}
        </button>
        {to && (
          <button type="submit" className="button is-strong" data-testid="reassign-confirm">
            {t('assign.reassign')}
          </button>
        )}
      </div>
    </form>
  );
}
