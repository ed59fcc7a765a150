import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { openApiDocumentOf } from './openapi.js';
import { API_CONTROLLERS } from './openapi-controllers.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & { 'x-roles'?: string[] };

async function operations(): Promise<[route: string, operation: Operation][]> {
  const { paths } = await openApiDocumentOf(API_CONTROLLERS);
  return Object.entries(paths).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method): [string, Operation][] =>
      item[method] ? [[`${method.toUpperCase()} ${path}`, item[method]]] : [],
    ),
  );
}
const PUBLIC = [
  ...['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /api/v1/errors', 'POST /api/v1/sessions'],
  // The address itself is the right: a contractor's signed link, the receipt of a page.
  ...['GET /api/v1/jobs/{token}', 'POST /api/v1/jobs/{token}/{action}', 'POST /api/v1/page-receipts/{token}'],
];
/** They answer with text, pages or files. */
const FILES = [
  ...['GET /metrics', 'GET /api/v1/tickets/{id}/report', 'GET /api/v1/exports/tickets', 'GET /api/v1/exports/alarms'],
];

describe('every route of the interface', () => {
  it('says in words what it answers with when it succeeds', async () => {
    const silent = (await operations()).filter(([, o]) => {
      const good = Object.entries(o.responses).filter(([status]) => status.startsWith('2'));
      return (
        good.length === 0 ||
        good.some(([, r]) => r === undefined || !('description' in r) || (r.description ?? '').length < 5)
      );
    });
    expect(silent.map(([route]) => route)).toEqual([]);
  });

  it('names the shape of what it answers with, unless there is nothing', async () => {
    const shapeless = (await operations()).filter(([route, o]) =>
      Object.entries(o.responses).some(
        ([status, r]) =>
          status.startsWith('2') && status !== '204' && !(r && 'content' in r && r.content) && !FILES.includes(route),
      ),
    );
    expect(shapeless.map(([route]) => route)).toEqual([]);
  });

  it('takes a login, but for those that need none', async () => {
    const open = (await operations()).filter(([, o]) => !o.security).map(([route]) => route);
    expect(open.sort((a, b) => a.localeCompare(b))).toEqual([...PUBLIC].sort((a, b) => a.localeCompare(b)));
  });

  it('describes what it takes: bodies by their schema, pages by `after` and `limit` together', async () => {
    for (const [route, o] of await operations()) {
      const names = (o.parameters ?? []).flatMap((p) => ('name' in p ? [p.name] : []));
      expect([route, names.includes('after')]).toEqual([
        route,
        names.includes('limit') && !route.endsWith('/readings'),
      ]);
      if (o.requestBody) expect(JSON.stringify(o.requestBody)).toContain('"schema"');
    }
  });
});
