import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type Shape = Record<string, 'string' | 'number' | 'boolean' | 'date-time' | 'object'>;

const property = (kind: Shape[string]): { type: string; format?: string } =>
  kind === 'date-time' ? { type: 'string', format: 'date-time' } : { type: kind };

/** The common body of every refusal, under its name in the document's components. */
export const ERROR_SCHEMA: Schema = {
  type: 'object',
  description:
    'RFC 9457. `title` and `detail` are in the language of `Accept-Language` (zh-CN, en), `message` in English.',
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Names the kind; GET /api/v1/errors lists them.' },
    title: { type: 'string' },
    status: { type: 'number' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    statusCode: { type: 'number' },
    code: { type: 'string' },
    message: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'statusCode', 'code', 'message'],
  additionalProperties: true,
};

/**
 * Documents one answer of a route. `shape`: the name of a view in src/gateway/views.ts (`TicketDetail`,
 * `ListOf<AlarmView>`), which is what the caller gets, or the few fields of an answer that has no view. Without a
 * shape: no body, or, from 400 on, the common problem of RFC 9457.
 */
export function ApiAnswer(status: number, description: string, shape?: string | Shape): MethodDecorator {
  const schema = shape === undefined ? (status < 400 ? null : { $ref: '#/components/schemas/Error' }) : schemaOf(shape);
  const type =
    status < 400 ? 'application/json' : shape === undefined ? 'application/problem+json' : 'application/json';
  return ApiResponse({ status, description, ...(schema ? { content: { [type]: { schema } } } : {}) });
}

function schemaOf(shape: string | Shape): Schema {
  if (typeof shape === 'string') return { type: 'object', title: shape };
  const properties = Object.fromEntries(Object.entries(shape).map(([name, kind]) => [name, property(kind)]));
  return { type: 'object', properties, required: Object.keys(shape) };
}
