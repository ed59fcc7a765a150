import { useState } from 'react';
import type { TicketDetail } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';

/** A document in another tab is read long after this page has let go of it; a minute is ample for opening it. */
const KEPT_MS = 60_000;

/** One click: the report of this ticket in the reader's language, as a page or for the file. */
export function ReportButtons({
  ticket,
  api,
  attempt,
}: {
  ticket: TicketDetail;
  api: ApiClient;
  attempt: (what: Promise<unknown>) => Promise<unknown>;
}) {
  const { t, lang } = useLanguage();
  const [making, setMaking] = useState<'html' | 'pdf' | null>(null);
  const open = async (format: 'html' | 'pdf'): Promise<void> => {
    // Opened by the click itself: a tab that is opened after the answer is taken for an advertisement.
    const tab = window.open('', '_blank');
    setMaking(format);
    try {
      const path = `/tickets/${ticket.id}/report?format=${format}&lang=${lang === 'zh' ? 'zh-CN' : 'en'}`;
      const url = URL.createObjectURL(await api.report(path));
      if (tab) tab.location.href = url;
      else window.location.assign(url);
      setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
    } catch (error) {
      tab?.close();
      throw error;
    } finally {
      setMaking(null);
    }
  };
  const isRescue = ticket.clocks.some((c) => c.key === 'rescue');
  return (
    <p className="report-buttons">
      <button
        type="button"
        className="button"
        data-testid="report-html"
        disabled={making !== null}
        onClick={() => void attempt(open('html'))}
      >
        {making === 'html' ? t('ticket.reportMaking') : t(isRescue ? 'ticket.report' : 'ticket.reportOther')}
      </button>
      <button
        type="button"
        className="button"
        data-testid="report-pdf"
        disabled={making !== null}
        onClick={() => void attempt(open('pdf'))}
      >
        {making === 'pdf' ? t('ticket.reportMaking') : t('ticket.reportPdf')}
      </button>
    </p>
  );
}
