import { useState } from 'react';
import { useLanguage } from '../shared/i18n/language.js';
import { ReasonForm } from './reason-form.js';

/** The rarer moves, below the fold, each with its reason. */
const WITH_REASON = ['false-alarm', 'decline', 'cancel'] as const;

export function MoreMoves({
  moves,
  onMove,
}: {
  moves: readonly string[];
  onMove: (move: string, reason: string) => void;
}) {
  const { t } = useLanguage();
  const [asking, setAsking] = useState<(typeof WITH_REASON)[number] | null>(null);
  const offered = WITH_REASON.filter((m) => moves.includes(m));
  if (offered.length === 0) return null;
  if (asking)
    return (
      <ReasonForm
        title={t(`confirm.${asking}`)}
        choices={[]}
        submit={t(`move.${asking}`)}
        onBack={() => setAsking(null)}
        onSubmit={(reason) => {
          setAsking(null);
          onMove(asking, reason);
        }}
      />
    );
  return (
    <section>
      <h2>{t('butler.more')}</h2>
      <div className="more-moves">
        {offered.map((m) => (
          <button key={m} type="button" className="button" data-move={m} onClick={() => setAsking(m)}>
            {t(`move.${m}`)}
          </button>
        ))}
      </div>
    </section>
  );
}
