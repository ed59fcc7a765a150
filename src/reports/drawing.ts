/** Colours by what they say; quiet is grey. Each has enough contrast on white paper. */
export const INK = {
  text: '#1b1f24',
  muted: '#5c6670',
  grid: '#dfe3e7',
  axis: '#9aa4ae',
  series: '#20629b',
  band: '#b9cfe4',
  bandStrong: '#6f9cc6',
  mark: '#7a4fa3',
  late: '#b3261e',
} as const;
export type Ink = keyof typeof INK;

export type Shape =
  | {
      readonly kind: 'line';
      readonly from: readonly [number, number];
      readonly to: readonly [number, number];
      readonly ink: Ink;
      readonly dashed?: true;
    }
  | { readonly kind: 'path'; readonly points: readonly (readonly [number, number])[]; readonly ink: Ink }
  | { readonly kind: 'dot'; readonly at: readonly [number, number]; readonly ink: Ink }
  | {
      readonly kind: 'box';
      readonly at: readonly [number, number];
      readonly width: number;
      readonly height: number;
      readonly ink: Ink;
    }
  | {
      readonly kind: 'text';
      /** Of the middle of its line. */
      readonly at: readonly [number, number];
      readonly text: string;
      readonly size: number;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly ink: Ink;
    };

/** Shapes in a box of `width` × `height` units, y downwards: drawn alike as SVG and in a PDF. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
  /** What it shows, for whoever cannot see it. */
  readonly label: string;
}
