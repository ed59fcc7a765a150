import { createHash } from 'node:crypto';
import {
  HttpException,
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DomainError } from '../../kernel/domain-error.js';
import { asIdempotentCommand } from '../../platform/idempotent-command.js';
import { canonicalJson } from '../../platform/journal-hash.js';
import { IdempotencyStore, type Begun, type CommandKey } from '../idempotency-store.js';
import type { Principal } from '../principal.js';
import { expectedErrorBody } from './domain-error.filter.js';

const COMMANDS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Visible ASCII; the quotes of a structured header may be there. */
const KEY = /^"?([\x21\x23-\x7e]{1,255})"?$/;
/** Not for ever: whoever asks too often, or while the database is away, may ask again. */
const PASSING = new Set([408, 425, 429]);

/**
 * `Idempotency-Key` on a command: sent again with the same key, it is answered as before and not done again. For phones
 * on bad networks and for programs that repeat what was not answered.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly log = new Logger(IdempotencyInterceptor.name);

  constructor(private readonly store: IdempotencyStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<Request & { principal?: Principal }>();
    const given = request.headers['idempotency-key'];
    // Without a person there is nobody whose key it would be: signing in is done again.
    if (given === undefined || !COMMANDS.has(request.method) || !request.principal) return next.handle();
    const response = context.switchToHttp().getResponse<Response>();
    return from(this.once(keyOf(request, request.principal, String(given)), request, response, next));
  }

  private async once(at: CommandKey, request: Request, response: Response, next: CallHandler): Promise<unknown> {
    const begun = await this.store.begin(at, sha256Of(request));
    if (begun.kind !== 'begun') return answerOf(begun, response);
    const { token } = begun;
    try {
      const body = await asIdempotentCommand(token, () => lastValueFrom(next.handle(), { defaultValue: undefined }));
      await this.quietly(this.store.keep(at, token, { status: response.statusCode, body }));
      return body;
    } catch (error) {
      const refusal = expectedErrorBody(error);
      const lasting = refusal && refusal.statusCode < 500 && !PASSING.has(refusal.statusCode);
      await this.quietly(
        lasting ? this.store.keep(at, token, { status: refusal.statusCode, body: refusal }) : this.store.giveUp(token),
      );
      throw error;
    }
  }

  /** The command is done: that its answer cannot be kept is no reason to call it failed. */
  private async quietly(work: Promise<void>): Promise<void> {
    await work.catch((e: Error) => this.log.warn(`the answer to a command was not kept: ${e.message}`));
  }
}

function keyOf(request: Request, by: Principal, given: string): CommandKey {
  const key = KEY.exec(given.trim())?.[1];
  const hasBody = Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers;
  if (key === undefined || (hasBody && !request.is('json'))) {
    const message = 'An idempotency key is 1 to 255 visible characters, and comes with JSON alone.';
    throw new DomainError('invalid', message);
  }
  const [path = ''] = request.originalUrl.split('?');
  return { principal: by.username, route: `${request.method} ${path}`, key };
}

function sha256Of(request: Request): string {
  const [, query = ''] = request.originalUrl.split('?');
  const body: unknown = request.body ?? null;
  return createHash('sha256').update(canonicalJson({ query, body })).digest('hex');
}

function answerOf(begun: Exclude<Begun, { kind: 'begun' }>, response: Response): unknown {
  switch (begun.kind) {
    case 'answered': {
      response.setHeader('idempotency-replayed', 'true');
      const { status, body } = begun.answer;
      if (status >= 400) throw new HttpException(body as Record<string, unknown>, status);
      return body;
    }
    case 'in-flight': {
      const message = 'This request is under way. Ask again with the same key.';
      throw new HttpException({ statusCode: 409, code: 'in-flight', message, retryAfterS: 1 }, 409);
    }
    case 'already-done': {
      const message = 'This was carried out; the answer was lost. Do not send it again, read what it made.';
      throw new HttpException({ statusCode: 409, code: 'already-done', message }, 409);
    }
    case 'other-request': {
      const message = 'This key was used for another request.';
      throw new HttpException({ statusCode: 422, code: 'key-reused', message }, 422);
    }
  }
}
