import type { Request } from 'express';
import type { ErrorBody } from './domain-error.filter.js';
import { errorKind } from './error-catalogue.js';
import { refusalInChinese } from './refusals-zh.js';

export const PROBLEM_TYPE = 'application/problem+json';
/** Where the kinds are told, by `GET`; docs/errors.md says the same. */
export const ERRORS_URL = '/api/v1/errors';

export interface Problem extends ErrorBody {
  /** Names the kind: the same for the same `code`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
}

/**
 * The answer to a failure as RFC 9457 has it, in the reader's language, with the fields of before beside it
 * (`statusCode`, `code`, `message` in English).
 */
export function problemOf(body: ErrorBody, language: 'zh' | 'en', path: string): Problem {
  const { code, kind } = errorKind(body.code, body.statusCode);
  const title = kind.title[language];
  const detail = language === 'en' ? body.message : (refusalInChinese(body.message) ?? `${title}：${body.message}`);
  return {
    ...body,
    type: `${ERRORS_URL}#${code}`,
    title,
    status: body.statusCode,
    detail,
    instance: path,
  };
}

/** English unless Chinese is asked for more. */
export const languageOf = (request: Pick<Request, 'acceptsLanguages'>): 'zh' | 'en' =>
  request.acceptsLanguages(['en', 'zh']) === 'zh' ? 'zh' : 'en';
