import type { Names } from '../../gateway/views.js';
import type { DeviceKind } from '../../estate/device.js';
import type { StoredReading } from '../../telemetry/history.port.js';
import type { AlarmRow, PageRow, SlotRow, StepRow, TicketRow } from '../../tickets/ticket-record.js';
import type { ProcedureShape } from '../../tickets/ticket-moves.js';

/** A line of the ticket's journal, with what proves it. */
export interface ProvenLine {
  readonly no: number;
  /** Ms since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly actor: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Hex. */
  readonly hash: string;
  /** Its content is what was hashed, and it follows the line before it. */
  readonly holds: boolean;
}

/** A photo, film or document that somebody took, by its content's hash. */
export interface EvidenceItem {
  /** SHA-256 of the file, hex. */
  readonly hash: string;
  readonly stepNo: number | null;
  readonly mediaType: string;
  readonly bytes: number;
  /** Ms since the epoch. */
  readonly takenAt: number | null;
  readonly by: string | null;
  /** false: put aside by the virus check, and shown nowhere. */
  readonly kept: boolean;
  /** A picture small enough to be shown, base64; null = not there, or no picture. */
  readonly thumbnail: { readonly mediaType: string; readonly base64: string } | null;
}

/** What a device said around the alarm. */
export interface DeviceTrace {
  readonly device: string;
  readonly name: Names;
  readonly kind: DeviceKind;
  readonly expectedIntervalS: number;
  readonly readings: readonly StoredReading[];
  /** `partial`: the history store did not answer for all of it; `away`: not at all. */
  readonly trouble: 'partial' | 'away' | null;
}

/** Everything that a rescue report is made of, as it stood at one moment. Plain data: composing needs nothing else. */
export interface RescueFacts {
  readonly ticket: TicketRow;
  readonly shape: ProcedureShape;
  readonly procedure: { readonly title: Names; readonly version: number };
  readonly slots: readonly SlotRow[];
  readonly pages: readonly PageRow[];
  readonly steps: readonly StepRow[];
  readonly alarms: readonly AlarmRow[];
  readonly lines: readonly ProvenLine[];
  readonly evidence: readonly EvidenceItem[];
  readonly traces: readonly DeviceTrace[];
  /** Span of the traces, ms since the epoch. */
  readonly span: { readonly from: number; readonly to: number };
  readonly estate: {
    readonly id: string;
    readonly names: Names;
    readonly timezone: string;
    readonly setting: 'city' | 'elsewhere';
  };
  readonly head: { readonly no: number; readonly hash: string };
  readonly title: Names;
  readonly place: Names;
  readonly device: Names | null;
  /** By user name, of everybody whom the report names. */
  readonly people: ReadonlyMap<string, Names>;
  readonly events: ReadonlyMap<string, Names>;
  /** Texts of the notes that journal lines refer to, by id. */
  readonly notes: ReadonlyMap<string, string>;
}

/** Who asks for it, and when. */
export interface ReportMaker {
  /** User name. */
  readonly by: string;
  readonly name: Names;
  /** Ms since the epoch. */
  readonly at: number;
}
