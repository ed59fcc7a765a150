import type { JobAction, JobGone, JobView } from '../../src/gateway/job-views.js';

/** What became of asking for the job. */
export type JobAnswer =
  | { readonly kind: 'job'; readonly job: JobView }
  | { readonly kind: 'gone'; readonly reason: JobGone }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many' }
  /** Said no to what was reported; the job is as it was. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'offline' };

const TIMEOUT_MS = 10_000;

/** The job of this link, or what an action has made of it. Never throws. */
export async function askJob(token: string, action?: JobAction): Promise<JobAnswer> {
  const path = `/api/v1/jobs/${encodeURIComponent(token)}${action ? `/${action}` : ''}`;
  try {
    const response = await fetch(path, {
      method: action ? 'POST' : 'GET',
      cache: 'no-store',
      ...(action ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return { kind: 'job', job: body as JobView };
    const told: { reason?: unknown; message?: unknown } = typeof body === 'object' && body !== null ? body : {};
    if (response.status === 410) return { kind: 'gone', reason: (told.reason as JobGone | undefined) ?? 'over' };
    if (response.status === 429) return { kind: 'too-many' };
    if (response.status === 404) return { kind: 'wrong' };
    if (response.status < 500) return { kind: 'refused', message: String(told.message ?? response.status) };
  } catch {
    // No network, or no answer in time.
  }
  return { kind: 'offline' };
}
