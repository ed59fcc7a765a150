import { INK } from '../drawing.js';

/** The whole look of a report page, on a screen and on A4. No font is fetched: those of the reader's system serve. */
export const REPORT_STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 40px 48px; max-width: 980px; background: #fff; color: ${INK.text};
  font: 14px/1.55 "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }
header { border-bottom: 2px solid ${INK.text}; padding-bottom: 12px; margin-bottom: 20px; }
.kind { margin: 0; color: ${INK.muted}; letter-spacing: .04em; }
h1 { margin: 4px 0; font-size: 26px; line-height: 1.25; }
.subtitle { margin: 0; color: ${INK.muted}; }
.badges { margin: 10px 0 0; display: flex; flex-wrap: wrap; gap: 8px; padding: 0; list-style: none; }
.badges li { border: 1px solid ${INK.axis}; border-radius: 4px; padding: 1px 10px; }
.badges .late { border-color: ${INK.late}; }
.badges .drill { border-color: ${INK.mark}; border-style: dashed; }
section { margin: 26px 0 0; }
h2 { margin: 0 0 8px; font-size: 17px; }
h3 { margin: 12px 0 4px; font-size: 14px; font-weight: 600; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 5px 8px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid ${INK.grid};
  overflow-wrap: anywhere; }
th { color: ${INK.muted}; font-weight: 600; border-bottom-color: ${INK.axis}; }
.right { text-align: right; padding-right: 14px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; }
dt { color: ${INK.muted}; }
dd { margin: 0; overflow-wrap: anywhere; }
.late { color: ${INK.late}; font-weight: 600; }
.good { color: ${INK.text}; }
.muted { color: ${INK.muted}; }
.drill { color: ${INK.mark}; font-weight: 600; }
code { display: block; padding: 8px 10px; background: #f4f6f8; font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
.pictures { display: flex; flex-wrap: wrap; gap: 14px; margin-top: 12px; }
figure { margin: 0; width: 220px; }
figure img { display: block; width: 100%; height: 165px; object-fit: contain; background: #f4f6f8; }
figcaption { color: ${INK.muted}; font-size: 12px; overflow-wrap: anywhere; }
footer { margin-top: 32px; padding-top: 8px; border-top: 1px solid ${INK.axis}; color: ${INK.muted}; font-size: 12px; }
@page { size: A4; margin: 15mm 14mm 16mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  h1 { font-size: 17pt; }
  h2 { font-size: 12pt; break-after: avoid; }
  tr, figure, svg, dl > * { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;
