/** What may stand in a cell: texts are guarded, numbers are ours. */
export type CsvValue = string | number | null;

/** Without it Excel reads UTF-8 as the system's old code page, and Chinese as rubbish. */
export const CSV_BEGIN = '\uFEFF';

/** A spreadsheet runs a text that begins so as a formula: somebody's note must stay a note (OWASP, "CSV injection"). */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One record of RFC 4180, with its line end. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(',')}\r\n`;
