import { Body, Injectable, Query, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { DomainError } from '../../kernel/domain-error.js';
import { isStorableText } from '../../kernel/storable-text.js';

/**
 * Law 9, "every edge validates": the handler gets what the schema makes of the input, or the caller gets 400 with
 * every problem named, not only the first.
 */
@Injectable()
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(value: unknown, metadata?: Pick<ArgumentMetadata, 'type'>): z.output<S> {
    // A POST without any body means the same as `{}`: express leaves the body undefined.
    const given = value === undefined && metadata?.type === 'body' ? {} : value;
    const parsed = this.schema.safeParse(given);
    if (parsed.success) {
      if (isStorable(parsed.data)) return parsed.data;
      throw new DomainError('invalid', 'Not valid: a text holds a NUL or half of a character.');
    }
    const problems = parsed.error.issues.map((i) => ({ path: i.path.map(String).join('.'), message: i.message }));
    const named = problems.map((p) => (p.path ? `${p.path}: ${p.message}` : p.message)).join('; ');
    throw new DomainError('invalid', `Not valid: ${named}`, { problems });
  }
}

/** Any text may end in the database, which would refuse it there with a failure of the whole request. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isStorable);
}

/** Handler parameter: the JSON body, validated by `schema` and documented by the same. */
export const ZodBody = (schema: z.ZodType): ParameterDecorator => Body({ schema, pipes: [new ZodPipe(schema)] });

/** Handler parameter: the query string, validated by `schema` (an object of strings; coerce numbers) and documented. */
export const ZodQuery = (schema: z.ZodType): ParameterDecorator => Query({ schema, pipes: [new ZodPipe(schema)] });
