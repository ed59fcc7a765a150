import {
  ForbiddenException,
  Inject,
  Injectable,
  Logger,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Principal } from '../principal.js';
import { hasRoleSomewhere } from '../principal.js';
import { SessionService } from '../session.service.js';
import { ACCESS_RULE, type AccessRule } from './access-rule.js';
import { bearerToken } from './bearer-token.js';

/** Every route and every socket handler. Denies what carries no rule: forgetting one must not open a door. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly log = new Logger(AccessGuard.name);

  constructor(
    @Inject(SessionService) private readonly sessions: Pick<SessionService, 'authenticate'>,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [handler, context.getClass()]);
    if (rule?.kind === 'public') return true;
    if (!rule) {
      this.log.error(`${context.getClass().name}.${handler.name} carries neither @Public() nor @Allow(): denied`);
      throw new ForbiddenException({ statusCode: 403, code: 'forbidden', message: 'Nobody may use this.' });
    }
    const principal = await this.principalOf(context);
    if (!principal) {
      const message = 'Sign in first: the token is missing, unknown or expired.';
      throw new UnauthorizedException({ statusCode: 401, code: 'unauthenticated', message });
    }
    if (!hasRoleSomewhere(principal, ...rule.roles)) {
      const message = `This needs the role ${rule.roles.join(' or ')}.`;
      throw new ForbiddenException({ statusCode: 403, code: 'forbidden', message, roles: rule.roles });
    }
    return true;
  }

  private async principalOf(context: ExecutionContext): Promise<Principal | null> {
    if (context.getType() === 'ws') {
      return context.switchToWs().getClient<{ data?: { principal?: Principal } }>().data?.principal ?? null;
    }
    const request = context.switchToHttp().getRequest<Request & { principal?: Principal }>();
    const principal = await this.sessions.authenticate(bearerToken(request.headers));
    if (principal) request.principal = principal;
    return principal;
  }
}
