import type { TicketDetail } from '../../src/gateway/views.js';

/** A photo or film of a ticket, as its journal tells of it. */
export interface EvidenceItem {
  readonly sha256: string;
  /** 0 = of the ticket as a whole. */
  readonly step: number;
  readonly kind: 'photo' | 'film';
  readonly quarantined: boolean;
  readonly at: string;
  readonly by: string | null;
}

/** What has been added, oldest first. */
export const evidenceOf = (ticket: Pick<TicketDetail, 'journal'>): EvidenceItem[] =>
  ticket.journal
    .filter((l) => l.kind === 'evidence-added')
    .map((l) => ({
      sha256: String(l.payload.sha256),
      step: Number(l.payload.no ?? 0),
      kind: l.payload.kind === 'film' ? 'film' : 'photo',
      quarantined: l.payload.state === 'quarantined',
      at: l.at,
      by: l.actor,
    }));

const MB = 2 ** 20;
export const MAX_MB = { photo: 15, film: 100 } as const;

/** Said before anything is sent: a phone's data are not for nothing. `null` = it may be sent. */
export const refusedHere = (file: Pick<File, 'type' | 'size'>): 'photo' | 'film' | null => {
  const kind = file.type.startsWith('video/') ? 'film' : 'photo';
  return file.size > MAX_MB[kind] * MB ? kind : null;
};
