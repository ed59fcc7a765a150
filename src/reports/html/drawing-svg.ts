import { INK, type Drawing, type Shape } from '../drawing.js';
import { escapeHtml } from './escape-html.js';

/** A drawing as inline SVG that grows with the page. */
export function drawingSvg(d: Drawing): string {
  const label = escapeHtml(d.label);
  const head = `<svg viewBox="0 0 ${d.width} ${d.height}" role="img" aria-label="${label}"><title>${label}</title>`;
  return `${head}${d.shapes.map(shapeSvg).join('')}</svg>`;
}

function shapeSvg(s: Shape): string {
  const ink = INK[s.ink];
  switch (s.kind) {
    case 'line': {
      const dash = s.dashed ? ' stroke-dasharray="4 3"' : '';
      return `<line x1="${s.from[0]}" y1="${s.from[1]}" x2="${s.to[0]}" y2="${s.to[1]}" stroke="${ink}"${dash}/>`;
    }
    case 'path':
      return `<polyline points="${s.points.map((p) => p.join(',')).join(' ')}" fill="none" stroke="${ink}" stroke-width="1.6"/>`;
    case 'dot':
      return `<circle cx="${s.at[0]}" cy="${s.at[1]}" r="2" fill="${ink}"/>`;
    case 'box':
      return `<rect x="${s.at[0]}" y="${s.at[1]}" width="${s.width}" height="${s.height}" fill="${ink}"/>`;
    case 'text':
      return (
        `<text x="${s.at[0]}" y="${s.at[1]}" font-size="${s.size}" text-anchor="${s.anchor}" ` +
        `dominant-baseline="central" fill="${ink}">${escapeHtml(s.text)}</text>`
      );
  }
}
