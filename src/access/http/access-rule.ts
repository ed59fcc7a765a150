import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Role } from '../../gateway/views.js';

export const ACCESS_RULE = 'steward:access-rule';
export type AccessRule = { kind: 'public' } | { kind: 'allow'; roles: Role[] };

const rule = (value: AccessRule): ClassDecorator & MethodDecorator => SetMetadata(ACCESS_RULE, value);

/** Anybody, signed in or not. */
export const Public = (): ClassDecorator & MethodDecorator => rule({ kind: 'public' });

/**
 * Who holds one of these roles in *some* estate; without roles: whoever is signed in. Which estate, only the handler
 * can know: it calls `assertEstate` with the estate of what was asked for. On a method it replaces the class's rule.
 */
export const Allow = (...roles: Role[]): ClassDecorator & MethodDecorator =>
  applyDecorators(
    rule({ kind: 'allow', roles }),
    ApiBearerAuth(),
    ...(roles.length ? [ApiExtension('x-roles', roles)] : []),
  );
