import { useState } from 'react';
import type { TicketDetail } from '../../src/gateway/views.js';
import type { MoveBody } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';
import { isMoveWithForm, MoveForm, type MoveWithForm } from './move-form.js';

/** In the order in which a ticket lives; what the service offers beyond these comes last. */
const ORDER = ['accept', 'en-route', 'on-site', 'contained', 'rescued', 'resolve', 'follow-up', 'close'];
const UNUSUAL = 100;
const LAST = ['decline', 'false-alarm', 'cancel'];

const rank = (move: string): number => {
  const i = ORDER.indexOf(move);
  return i >= 0 ? i : UNUSUAL + LAST.indexOf(move);
};

/** The moves that the reader may make now, the likeliest first; what cannot be undone asks once more. */
export function TicketMoves({
  ticket,
  me,
  onMove,
}: {
  ticket: TicketDetail;
  me: string;
  onMove: (move: string, body?: MoveBody) => void;
}) {
  const { t, word } = useLanguage();
  const [asking, setAsking] = useState<MoveWithForm | null>(null);
  const held = ticket.slots.find((s) => s.holder === me && s.state === 'filled')?.slot;
  // Whoever has a slot takes no second one, and a coordinator stays at the desk.
  const unfit = new Set(
    held === undefined ? [] : held === 'coordinator' ? ['accept', 'en-route', 'on-site'] : ['accept'],
  );
  const moves = ticket.moves.filter((m) => !unfit.has(m)).sort((a, b) => rank(a) - rank(b));
  if (moves.length === 0) return null;
  // Giving up is never the first thing to offer.
  const primary = moves.find((m) => rank(m) < UNUSUAL);
  // Without a slot of one's own the service chooses by role.
  const body = held ? { slot: held } : {};

  if (asking && moves.includes(asking))
    return (
      <MoveForm
        move={asking}
        onBack={() => setAsking(null)}
        onSubmit={(given) => {
          setAsking(null);
          onMove(asking, { ...body, ...given });
        }}
      />
    );
  return (
    <section className="moves" aria-label={t('ticket.title')}>
      {moves.map((move) => (
        <button
          key={move}
          type="button"
          className={`button ${move === primary ? 'is-strong' : ''}`}
          data-testid={move === primary ? 'action-primary' : `action-${move}`}
          data-move={move}
          onClick={() => (isMoveWithForm(move) ? setAsking(move) : onMove(move, body))}
        >
          {word('move', move)}
        </button>
      ))}
    </section>
  );
}
