import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Module, Param, Post, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { Allow, Public } from '../access/http/access-rule.js';
import { ApiAnswer } from '../access/http/api-answer.js';
import { ZodBody, ZodQuery } from '../access/http/zod-body.pipe.js';
import { openApiDocumentOf, serveOpenApi } from './openapi.js';
import { API_CONTROLLERS } from './openapi-controllers.js';

const Shelving = z.strictObject({
  minutes: z.int().min(1).max(480).meta({ description: 'How long.' }),
  reason: z.string().max(500).optional(),
  how: z.enum(['voice', 'on-site']).nullable().default(null),
});
const Range = z.object({ from: z.iso.datetime().optional(), limit: z.coerce.number().int().max(1000).default(500) });

const DATABASE = Symbol('Database');
class Service {
  constructor() {
    throw new Error('the document is made without starting anything');
  }
}

@Controller('api/v1/probes')
class ProbeController {
  constructor(
    @Inject(DATABASE) readonly db: object,
    readonly service: Service,
  ) {
    if (!('open' in db)) throw new Error('the document is made without starting anything');
  }
  @Post(':id/shelve')
  @Allow('control-room')
  @ApiAnswer(200, 'The alarm as it is now.', 'AlarmView')
  @ApiAnswer(409, 'It is over.')
  shelve(@Param('id') id: string, @ZodBody(Shelving) body: z.infer<typeof Shelving>): object {
    return { id, body };
  }
  @Get()
  @Public()
  list(@ZodQuery(Range) range: z.infer<typeof Range>): object {
    return range;
  }
}

describe('the OpenAPI document', () => {
  it('is made of the controllers alone, with nothing started', async () => {
    const document = await openApiDocumentOf([ProbeController]);
    expect(Object.keys(document.paths)).toEqual(['/api/v1/probes/{id}/shelve', '/api/v1/probes']);
  });

  it('describes a body exactly as it is validated', async () => {
    const { paths } = await openApiDocumentOf([ProbeController]);
    const operation = paths['/api/v1/probes/{id}/shelve']?.post;
    expect(operation?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              minutes: { type: 'integer', minimum: 1, maximum: 480, description: 'How long.' },
              reason: { type: 'string', maxLength: 500 },
              how: expect.objectContaining({ default: null }),
            },
            required: ['minutes'],
            additionalProperties: false,
          },
        },
      },
    });
  });

  it('says who may, what comes back and what the query takes', async () => {
    const { paths, components } = await openApiDocumentOf([ProbeController]);
    expect(components?.schemas?.['Error']).toMatchObject({
      required: expect.arrayContaining(['type', 'title', 'status', 'detail', 'statusCode', 'code', 'message']),
    });
    const shelve = paths['/api/v1/probes/{id}/shelve']?.post;
    expect(shelve).toMatchObject({ security: [{ bearer: [] }], 'x-roles': ['control-room'] });
    expect(shelve?.parameters).toMatchObject([{ name: 'id', in: 'path', required: true }]);
    expect(shelve?.responses).toMatchObject({
      200: { content: { 'application/json': { schema: { title: 'AlarmView' } } } },
      409: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Error' } } } },
    });
    const list = paths['/api/v1/probes']?.get;
    expect(list?.security).toBeUndefined();
    expect(list?.parameters).toMatchObject([
      { name: 'from', in: 'query', required: false },
      { name: 'limit', in: 'query', required: false },
    ]);
  });

  it('describes every controller of the service, the same twice', async () => {
    const [a, b] = [await openApiDocumentOf(API_CONTROLLERS), await openApiDocumentOf(API_CONTROLLERS)];
    expect(JSON.stringify(a)).toBe(JSON.stringify(b));
    expect(Object.keys(a.paths)).toEqual(expect.arrayContaining(['/api/v1/sessions', '/readyz', '/metrics']));
  });

  it('is served as pages and as JSON, and is then the same', async () => {
    @Module({
      controllers: [ProbeController],
      providers: [
        { provide: DATABASE, useValue: { open: true } },
        { provide: Service, useValue: {} },
      ],
    })
    class Probe {}
    const module = await Test.createTestingModule({ imports: [Probe] }).compile();
    const app: INestApplication = module.createNestApplication({ logger: false });
    serveOpenApi(app);
    await app.listen(0, '127.0.0.1');
    try {
      const base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
      const served = await (await fetch(`${base}/api/openapi.json`)).json();
      expect(served).toEqual(JSON.parse(JSON.stringify(await openApiDocumentOf([ProbeController]))));
      const page = await fetch(`${base}/api/docs`);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).toContain('Steward API');
      const script = await fetch(`${base}/api/docs/swagger-ui-bundle.js`, { method: 'HEAD' });
      expect(script.status).toBe(200);
    } finally {
      await app.close();
    }
  });
});
