import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../principal.js';

/** Handler parameter: who is asking. Only on routes with `@Allow`; elsewhere nobody is signed in, which is a bug. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const request = context.switchToHttp().getRequest<{ principal?: Principal }>();
  if (!request.principal) throw new Error('@CurrentPrincipal() on a route without @Allow()');
  return request.principal;
});
