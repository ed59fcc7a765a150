import type { NestExpressApplication } from '@nestjs/platform-express';

/** Photos do not pass here; the largest body is a note. */
const BODY_LIMIT = '1mb';

/**
 * How the service speaks HTTP, set once after `NestFactory.create(AppModule, { bodyParser: false })` and before
 * `init`/`listen`. JSON only: a form that a foreign page posts is not read.
 */
export function configureHttpEdge(app: NestExpressApplication): void {
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.disable('x-powered-by');
}
