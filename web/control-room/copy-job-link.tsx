import { useState } from 'react';
import type { ApiClient } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';

/** The link with which a contractor does this job without an account: copied, to be sent to that person alone. */
export function CopyJobLink({ ticketId, pageId, api }: { ticketId: string; pageId: string; api: ApiClient }) {
  const { t } = useLanguage();
  const [shown, setShown] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const link = `${location.origin}${(await api.jobLink(ticketId, pageId)).path}`;
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // Without a secure connection a browser gives no clipboard: it is shown, to be copied by hand.
      setShown(link);
    }
  };
  if (shown !== null)
    return <input className="input" readOnly value={shown} data-testid="job-link" onFocus={(e) => e.target.select()} />;
  return (
    <button
      type="button"
      className="button is-plain"
      data-testid="copy-job-link"
      onClick={() => void copy().catch(() => setCopied(false))}
    >
      {t(copied ? 'job.copied' : 'job.copy')}
    </button>
  );
}
