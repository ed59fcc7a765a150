import type { Response } from 'express';
import { z } from 'zod';
import { REPORT_POLICY } from '../../reports/html/render-html.js';

/** `?lang=zh-CN|en` of reports. */
export const REPORT_LANG = z
  .enum(['zh-CN', 'en'])
  .default('zh-CN')
  .transform((l) => (l === 'zh-CN' ? ('zh' as const) : ('en' as const)));

/** A report page: it may do nothing but be read, and nobody keeps a copy that was not asked for. */
export function sendPage(response: Response, html: string, fileName: string): void {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Security-Policy', REPORT_POLICY);
  response.setHeader('Content-Disposition', `inline; filename="${fileName}.html"`);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.end(html);
}
