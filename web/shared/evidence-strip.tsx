import { useEffect, useState } from 'react';
import type { Names } from '../../src/gateway/views.js';
import type { EvidenceItem } from './evidence.js';
import type { Upload } from './evidence-uploads.js';
import { EvidenceIcon } from './evidence-icon.js';
import { formatTime } from './format-time.js';
import { useLanguage } from './i18n/language.js';

export type LookAt = (sha256: string) => Promise<Blob>;

/** Photos and films: what has arrived (opened with a tap: each look is logged) and what is on its way from here. */
export function EvidenceStrip({
  items,
  uploads = [],
  people,
  timeZone,
  look,
  onDrop,
}: {
  items: readonly EvidenceItem[];
  uploads?: readonly Upload[];
  people: ReadonlyMap<string, Names>;
  timeZone?: string;
  look: LookAt;
  onDrop?: (id: number) => void;
}) {
  const { t, pick } = useLanguage();
  const [shown, setShown] = useState<EvidenceItem | null>(null);
  const under = uploads.filter((u) => u.state !== 'sent');
  if (items.length + under.length === 0) return null;
  /** Of what was taken here: no look at the service's file. */
  const thumbnailOf = (e: EvidenceItem): string | undefined =>
    e.kind === 'photo' ? uploads.find((u) => u.sha256 === e.sha256)?.preview : undefined;
  const nameOf = (by: string | null): string => (by === null ? '' : pick(people.get(by) ?? { zh: by, en: by }));
  return (
    <div className="evidence" data-testid="evidence">
      {items.map((e) => (
        <button
          key={`${e.step}/${e.sha256}`}
          type="button"
          className="button evidence-chip"
          data-testid="evidence-item"
          disabled={e.quarantined}
          title={e.quarantined ? t('evidence.quarantined') : t('evidence.logged')}
          onClick={() => setShown(e)}
        >
          {thumbnailOf(e) ? (
            <img src={thumbnailOf(e)} alt="" />
          ) : (
            <EvidenceIcon shape={e.quarantined ? 'quarantined' : e.kind} />
          )}
          <span className="num">{formatTime(e.at, timeZone)}</span>
          <span className="muted">{e.quarantined ? t('evidence.quarantined') : nameOf(e.by)}</span>
        </button>
      ))}
      {under.map((u) => (
        <div key={u.id} className={`evidence-upload is-${u.state}`} data-testid="evidence-upload" data-state={u.state}>
          {u.kind === 'photo' ? <img src={u.preview} alt={t('evidence.photo')} /> : <EvidenceIcon shape="film" />}
          {u.state === 'refused' ? (
            <>
              <span>{t('evidence.refused', { message: u.why ?? '' })}</span>
              <button type="button" className="button is-plain" onClick={() => onDrop?.(u.id)}>
                {t('page.ok')}
              </button>
            </>
          ) : u.state === 'waiting' ? (
            <span>{t('evidence.waiting')}</span>
          ) : (
            <progress max={1} value={u.share} aria-label={t('evidence.sending')} />
          )}
        </div>
      ))}
      {shown && <EvidenceViewer item={shown} look={look} onClose={() => setShown(null)} />}
    </div>
  );
}

/** One photo or film over the page; Esc or a tap beside it closes. */
function EvidenceViewer({ item, look, onClose }: { item: EvidenceItem; look: LookAt; onClose: () => void }) {
  const { t } = useLanguage();
  const [source, setSource] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let url: string | null = null;
    let wanted = true;
    look(item.sha256).then(
      (blob) => {
        if (!wanted) return;
        url = URL.createObjectURL(blob);
        setSource(url);
      },
      (e: Error) => wanted && setTrouble(e.message),
    );
    const key = (e: KeyboardEvent): void => {
      if (e.key !== 'Escape') return;
      e.stopPropagation();
      onClose();
    };
    addEventListener('keydown', key, true);
    return () => {
      wanted = false;
      removeEventListener('keydown', key, true);
      if (url !== null) URL.revokeObjectURL(url);
    };
    // One look is one look, however often the page is drawn.
  }, [item.sha256]);
  return (
    <div className="evidence-viewer" role="dialog" aria-modal="true" data-testid="evidence-viewer" onClick={onClose}>
      {trouble !== null ? (
        <p role="alert">{t('error.refused', { message: trouble })}</p>
      ) : source === null ? (
        <p>{t('evidence.loading')}</p>
      ) : item.kind === 'film' ? (
        <video src={source} controls playsInline onClick={(e) => e.stopPropagation()} />
      ) : (
        <img src={source} alt={t('evidence.photo')} onError={() => setTrouble(t('evidence.cannotShow'))} />
      )}
      <button type="button" className="button" autoFocus onClick={onClose}>
        {t('evidence.close')}
      </button>
    </div>
  );
}
