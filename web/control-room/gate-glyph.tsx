type Position = 'open' | 'closed' | 'moving' | 'unknown';

/** A boom or a door leaf, drawn as it stands. */
export function GateGlyph({ vehicle, position }: { vehicle: boolean; position: Position }) {
  const dash = position === 'unknown' ? '2 2' : undefined;
  return (
    <svg
      className="gate-glyph"
      viewBox="0 0 24 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
    >
      {vehicle ? (
        <>
          <path d="M4 15V8" strokeWidth="3" />
          <path
            d={position === 'open' ? 'M5 9 12 1' : position === 'moving' ? 'M5 9 20 4' : 'M5 9H22'}
            strokeDasharray={dash}
          />
        </>
      ) : (
        <>
          <path d="M6 15V1H18V15" strokeDasharray={dash} />
          <path
            d={position === 'open' ? 'M6 1 11 4V16' : position === 'moving' ? 'M6 1 14 3V15' : 'M12 2V15M7 2H17V15H7Z'}
            strokeWidth={position === 'closed' ? 1 : 2}
            fill={position === 'closed' ? 'currentColor' : 'none'}
          />
        </>
      )}
    </svg>
  );
}
