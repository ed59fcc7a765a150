import { Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ERROR_SCHEMA } from '../access/http/api-answer.js';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const JSON_URL = 'api/openapi.json';
const UI_URL = 'api/docs';

/** The description of every route of `app`. The same text for the same code: nothing of the machine is in it. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('Steward 管家')
    .setDescription(
      'REST interface. Sign in with POST /api/v1/sessions and send the token as a bearer. Shapes named in the answers ' +
        'are those of src/gateway/views.ts; live changes come over Socket.IO.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  const components = { ...head.components, schemas: { Error: ERROR_SCHEMA } };
  return SwaggerModule.createDocument(app, { ...head, components }, { autoTagControllers: false });
}

/** Serves the pages at /api/docs and the document at /api/openapi.json. Before `listen`. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup(UI_URL, app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: JSON_URL,
    raw: ['json'],
    customSiteTitle: 'Steward API',
  });
}

/** The same document from the controllers alone: no database, no broker, nothing is constructed that does anything. */
export async function openApiDocumentOf(controllers: Type[]): Promise<OpenAPIObject> {
  @Module({ controllers, providers: dependenciesOf(controllers).map((provide) => ({ provide, useValue: {} })) })
  class Documentation {}
  const app = await NestFactory.create(Documentation, { preview: true, logger: false, abortOnError: false });
  try {
    return createOpenApiDocument(app);
  } finally {
    await app.close();
  }
}

type Token = Type | symbol | string;

/** What the controllers' constructors ask for: by `@Inject` (kept as index and token), else by the parameter's class. */
function dependenciesOf(controllers: Type[]): Token[] {
  const tokens = controllers.flatMap((controller) => {
    const byType: Token[] = Reflect.getMetadata('design:paramtypes', controller) ?? [];
    const named: { index: number; param: Token }[] = Reflect.getMetadata('self:paramtypes', controller) ?? [];
    return byType.map((type, index) => named.find((n) => n.index === index)?.param ?? type);
  });
  return [...new Set(tokens)];
}
