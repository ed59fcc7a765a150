import type { OutboundAnswer } from '../../platform/outbound-http.js';
import type { SendOutcome } from './page-channel.port.js';

/** What an answer over HTTP means for a page. A receiver that is away may come back; one that forbids will not. */
export function outcomeOf(answer: OutboundAnswer): SendOutcome {
  if (!answer.ok) {
    const reason = `${answer.why}: ${answer.detail}`.slice(0, 300);
    const never = answer.why === 'private-address' || answer.why === 'bad-url';
    return { kind: never ? 'failed' : 'again', reason };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const reason = `answered ${status} ${answer.text.slice(0, 200)}`.trim();
  if (status === 404 || status === 410) return { kind: 'failed', reason, gone: true };
  const passes = status >= 500 || status === 408 || status === 425 || status === 429;
  return { kind: passes ? 'again' : 'failed', reason };
}
