import type { Block, Cell, ReportDocument } from '../report-document.js';
import { drawingSvg } from './drawing-svg.js';
import { escapeHtml } from './escape-html.js';
import { REPORT_STYLE } from './report-style.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/** What the page may do: show its own style and its own pictures. Nothing that somebody has typed can run or call out. */
export const REPORT_POLICY = `${POLICY}; frame-ancestors 'none'`;

/**
 * One file that stands alone: no script, no address outside, nothing to fetch. The policy stands in
 * it too: a saved file, and one that our own page opens in another tab, has no header to go with it.
 */
export function renderHtml(report: ReportDocument): string {
  const lang = report.lang === 'zh' ? 'zh-CN' : 'en';
  const badges = report.badges.map((b) => `<li${classOf(b)}>${escapeHtml(b.text)}</li>`).join('');
  const sections = report.sections
    .map((s) => `<section><h2>${escapeHtml(s.title)}</h2>${s.blocks.map(blockHtml).join('')}</section>`)
    .join('\n');
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${report.kind} ${report.subtitle}`)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<p class="kind">${escapeHtml(report.kind)}</p>
<h1>${escapeHtml(report.title)}</h1>
<p class="subtitle">${escapeHtml(report.subtitle)}</p>
${badges ? `<ul class="badges">${badges}</ul>` : ''}
</header>
${sections}
<footer>${escapeHtml(report.foot)}</footer>
</body>
</html>
`;
}

const classOf = (cell: Pick<Cell, 'mark'>, right = false): string => {
  const names = [cell.mark ?? '', right ? 'right' : ''].filter(Boolean).join(' ');
  return names ? ` class="${names}"` : '';
};

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'facts': {
      const items = block.items.map(
        (i) => `<dt>${escapeHtml(i.label)}</dt><dd${classOf(i)}>${escapeHtml(i.text)}</dd>`,
      );
      return `<dl>${items.join('')}</dl>`;
    }
    case 'paragraph':
      return block.code
        ? `<code>${escapeHtml(block.text)}</code>`
        : `<p${classOf(block)}>${escapeHtml(block.text)}</p>`;
    case 'table': {
      if (block.rows.length === 0) return `<p class="muted">${escapeHtml(block.empty)}</p>`;
      const all = block.columns.reduce((sum, c) => sum + c.share, 0);
      const widths = block.columns.map((c) => `<col style="width:${((100 * c.share) / all).toFixed(1)}%">`).join('');
      const head = block.columns
        .map((c) => `<th${classOf({}, c.right)} scope="col">${escapeHtml(c.title)}</th>`)
        .join('');
      const rows = block.rows.map((row) => {
        const cells = row.map((c, i) => `<td${classOf(c, block.columns[i]?.right)}>${escapeHtml(c.text)}</td>`);
        return `<tr>${cells.join('')}</tr>`;
      });
      return `<table><colgroup>${widths}</colgroup><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
    }
    case 'chart':
      return `<h3>${escapeHtml(block.title)}</h3>${drawingSvg(block.drawing)}`;
    case 'pictures': {
      const figures = block.items.map((p) => {
        const source = `data:${escapeHtml(p.mediaType)};base64,${escapeHtml(p.base64)}`;
        return `<figure><img src="${source}" alt="${escapeHtml(p.caption)}"><figcaption>${escapeHtml(p.caption)}</figcaption></figure>`;
      });
      return `<div class="pictures">${figures.join('')}</div>`;
    }
  }
}
