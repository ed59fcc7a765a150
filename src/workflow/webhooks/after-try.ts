import { hours, minutes, seconds } from '../../kernel/durations.js';
import type { OutboundAnswer } from '../../platform/outbound-http.js';

export type AfterTry =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly inMs: number; readonly problem: string }
  /** Given up: what follows it is told all the same. */
  | { readonly kind: 'dead'; readonly problem: string }
  /** The receiver wants nothing more (410). */
  | { readonly kind: 'gone'; readonly problem: string };

const BACK_OFF_MS = [seconds(5), seconds(15), minutes(1), minutes(5), minutes(15)];
/** A receiver that is down over night misses nothing. */
const GIVE_UP_AFTER_MS = hours(24);
/** What it refuses it will refuse again; yet a deployment may be under way. */
const REFUSALS = 3;
const PASSING = new Set([408, 425, 429]);

/** What becomes of an event after a try. @param attempts this one included @param ageMs since it happened */
export function afterTry(answer: OutboundAnswer, attempts: number, ageMs: number): AfterTry {
  if (answer.ok && answer.status >= 200 && answer.status < 300) return { kind: 'delivered' };
  const problem = answer.ok ? `answered with status ${answer.status}` : `${answer.why}: ${answer.detail}`;
  if (answer.ok && answer.status === 410) return { kind: 'gone', problem };
  if (ageMs >= GIVE_UP_AFTER_MS || (isRefusal(answer) && attempts >= REFUSALS)) return { kind: 'dead', problem };
  const inMs = BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length) - 1] ?? minutes(15);
  return { kind: 'again', inMs, problem };
}

/** It was told and said no; or it must not be told. A redirect is a no: it is not followed. */
function isRefusal(answer: OutboundAnswer): boolean {
  if (!answer.ok) return answer.why === 'bad-url' || answer.why === 'private-address';
  return answer.status < 500 && !PASSING.has(answer.status);
}
