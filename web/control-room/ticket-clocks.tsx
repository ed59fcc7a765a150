import type { ClockView } from '../../src/gateway/views.js';
import { inClockOrder } from '../shared/clock-order.js';
import { TicketClock } from '../shared/ticket-clock.js';

/** The one that matters large, the rest below it. */
export function TicketClocks({ clocks }: { clocks: readonly ClockView[] }) {
  const [first, ...rest] = inClockOrder(clocks);
  if (!first) return null;
  return (
    <section className="ticket-clocks">
      <TicketClock clock={first} large />
      {rest.map((clock) => (
        <TicketClock key={clock.key} clock={clock} />
      ))}
    </section>
  );
}
