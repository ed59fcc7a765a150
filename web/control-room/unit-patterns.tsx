/** Hatchings for homes in which nobody lives: told apart without colour. Referred to by id from the style sheet. */
export function UnitPatterns() {
  return (
    <defs>
      <pattern id="hatch-empty" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" className="hatch-ground" />
        <rect width="1.5" height="5" className="hatch-line" />
      </pattern>
      <pattern id="hatch-renovating" width="4" height="4" patternUnits="userSpaceOnUse">
        <rect width="4" height="4" className="hatch-ground" />
        <path d="M0 0H4M0 0V4" className="hatch-grid" />
      </pattern>
    </defs>
  );
}
