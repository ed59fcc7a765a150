import type { Drawing } from './drawing.js';

/** Language of a report: one document is in one language. */
export type ReportLang = 'zh' | 'en';

/** What a cell wants from the reader: `late` is told in colour *and* in words, as a printout may be black and white. */
export type Mark = 'late' | 'good' | 'muted' | 'drill';

export interface Cell {
  readonly text: string;
  readonly mark?: Mark;
}

export interface TableBlock {
  readonly kind: 'table';
  /** `share`: of the width, in any unit. */
  readonly columns: readonly { readonly title: string; readonly share: number; readonly right?: true }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Shown in place of a table without rows. */
  readonly empty: string;
}
export interface FactsBlock {
  readonly kind: 'facts';
  readonly items: readonly { readonly label: string; readonly text: string; readonly mark?: Mark }[];
}
export interface ParagraphBlock {
  readonly kind: 'paragraph';
  readonly text: string;
  readonly mark?: Mark;
  /** A command or a hash: in a fixed width. */
  readonly code?: true;
}
export interface ChartBlock {
  readonly kind: 'chart';
  readonly title: string;
  readonly drawing: Drawing;
}
export interface PicturesBlock {
  readonly kind: 'pictures';
  readonly items: readonly { readonly caption: string; readonly mediaType: string; readonly base64: string }[];
}
export type Block = TableBlock | FactsBlock | ParagraphBlock | ChartBlock | PicturesBlock;

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/**
 * A report as its reader sees it, before anybody has decided on paper or screen: plain data, in one language, ready to
 * be shown. HTML and PDF are made of the same one, so that they cannot say different things.
 */
export interface ReportDocument {
  readonly lang: ReportLang;
  /** What it is: "Rescue report". */
  readonly kind: string;
  readonly title: string;
  readonly subtitle: string;
  readonly badges: readonly Cell[];
  readonly sections: readonly Section[];
  /** At the foot of every page: what it is of, made when and by whom. */
  readonly foot: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Without ending; letters, digits and hyphens. */
  readonly fileName: string;
}
