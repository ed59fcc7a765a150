import { describe, expect, it } from '@jest/globals';
import type { ReportDocument } from '../report-document.js';
import { renderHtml } from './render-html.js';

const EVIL = `<script>alert(1)</script>"'&`;
const report: ReportDocument = {
  lang: 'zh',
  kind: EVIL,
  title: EVIL,
  subtitle: EVIL,
  badges: [{ text: EVIL, mark: 'late' }],
  sections: [
    {
      title: EVIL,
      blocks: [
        { kind: 'facts', items: [{ label: EVIL, text: EVIL }] },
        { kind: 'paragraph', text: EVIL },
        { kind: 'paragraph', text: EVIL, code: true },
        { kind: 'table', columns: [{ title: EVIL, share: 1 }], rows: [[{ text: EVIL, mark: 'late' }]], empty: EVIL },
        { kind: 'table', columns: [{ title: EVIL, share: 1 }], rows: [], empty: EVIL },
        {
          kind: 'chart',
          title: EVIL,
          drawing: {
            width: 10,
            height: 10,
            label: EVIL,
            shapes: [{ kind: 'text', at: [1, 1], text: EVIL, size: 9, anchor: 'start', ink: 'text' }],
          },
        },
        { kind: 'pictures', items: [{ caption: EVIL, mediaType: `image/png"><script>`, base64: 'AA==' }] },
      ],
    },
  ],
  foot: EVIL,
  madeAt: '2026-01-01T00:00:00.000Z',
  fileName: 'x',
};

describe('a report as one page', () => {
  const html = renderHtml(report);

  it('shows whatever somebody has typed, and runs none of it', () => {
    expect(html).not.toMatch(/<script/i);
    expect(html.split('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;').length - 1).toBe(21);
  });

  it('stands alone: no script, nothing fetched, no address but its own pictures', () => {
    expect(html).not.toMatch(/<(script|link|iframe|object|img[^>]+src="(?!data:))/i);
    expect(html).not.toMatch(/https?:|url\(|@import/i);
    expect(html.startsWith('<!doctype html>\n<html lang="zh-CN">')).toBe(true);
  });
});
