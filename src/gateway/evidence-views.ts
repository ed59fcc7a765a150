import type { Names } from './views.js';

/** A photo or film of a ticket. Its file: `GET /tickets/{id}/evidence/{sha256}`, for those on the case. */
export interface EvidenceView {
  sha256: string;
  /** 0 = of the ticket as a whole. */
  step: number;
  kind: 'photo' | 'film';
  mime: string;
  bytes: number;
  /** A scanner did not find it clean: it is not shown, and no step is done with it. */
  state: 'kept' | 'quarantined';
  reason: string | null;
  position: 'removed' | 'kept';
  at: string;
  by: string;
  byName: Names;
}
