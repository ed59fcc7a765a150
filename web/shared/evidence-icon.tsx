const SHAPES = {
  photo: 'M4 7h3l2-2h6l2 2h3v12H4z M12 9.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7',
  film: 'M3 6h12v12H3z M15 10l6-3v10l-6-3z',
  quarantined: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18 M6 6l12 12',
} as const;

/** Drawn, not a letter: fonts of walls and old phones have no camera. */
export function EvidenceIcon({ shape }: { shape: keyof typeof SHAPES }) {
  return (
    <svg className="evidence-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={SHAPES[shape]} fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round" />
    </svg>
  );
}
