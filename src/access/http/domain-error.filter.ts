import { randomUUID } from 'node:crypto';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError, type DomainErrorCode } from '../../kernel/domain-error.js';
import { languageOf, PROBLEM_TYPE, problemOf } from './problem.js';

const STATUS: Record<DomainErrorCode, number> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  unavailable: 503,
  'too-large': 413,
  'wrong-media-type': 415,
};
const CODE_OF_STATUS: Record<number, string> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  413: 'too-large',
  415: 'wrong-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};
const codeOf = (status: number): string => CODE_OF_STATUS[status] ?? (status < 500 ? 'refused' : 'internal');

export interface ErrorBody {
  statusCode: number;
  code: string;
  message: string;
  [detail: string]: unknown;
}

/** Every answer that is not a success has one shape: RFC 9457 with `{statusCode, code, message, …details}`. */
@Catch()
export class DomainErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('Http');

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request>();
    const body = expectedErrorBody(exception) ?? this.unexpected(exception, request);
    if (response.headersSent) return void response.end();
    const language = languageOf(request);
    response.vary('Accept-Language').setHeader('content-language', language === 'zh' ? 'zh-CN' : 'en');
    if (typeof body['retryAfterS'] === 'number') response.setHeader('retry-after', Math.ceil(body['retryAfterS']));
    const [path = ''] = request.originalUrl.split('?');
    response
      .status(body.statusCode)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problemOf(body, language, path)));
  }

  /** A bug or a broken part: the client gets a number to quote, the log everything else. */
  private unexpected(exception: unknown, request: Request): ErrorBody {
    const correlationId = randomUUID();
    const cause = exception instanceof Error ? (exception.stack ?? exception.message) : String(exception);
    this.log.error(`${request.method} ${request.path} failed, correlation id ${correlationId}: ${cause}`);
    const message = 'Steward failed at this. The number finds the cause in its log.';
    return { statusCode: 500, code: 'internal', message, correlationId };
  }
}

/** The answer to a failure that callers are meant to understand; null = unexpected. */
export function expectedErrorBody(exception: unknown): ErrorBody | null {
  if (exception instanceof DomainError) {
    const statusCode = STATUS[exception.code];
    return { ...exception.details, statusCode, code: exception.code, message: exception.message };
  }
  if (!(exception instanceof HttpException)) return null;
  const statusCode = exception.getStatus();
  const answer = exception.getResponse();
  const own: { message?: unknown } = typeof answer === 'object' ? answer : {};
  const message = isMalformedJson(exception.cause)
    ? `The body is not valid JSON: ${exception.message}`
    : typeof own.message === 'string'
      ? own.message
      : exception.message;
  return { code: codeOf(statusCode), ...own, statusCode, message };
}

/** Express's body parser names its errors; Nest has made an HttpException of it and kept it as the cause. */
const isMalformedJson = (cause: unknown): boolean =>
  cause instanceof Error && 'type' in cause && cause.type === 'entity.parse.failed';
