import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuditService } from './audit.service.js';
import { AccessGuard } from './http/access.guard.js';
import { DomainErrorFilter } from './http/domain-error.filter.js';
import { ErrorsController } from './http/errors.controller.js';
import { SessionsController } from './http/sessions.controller.js';
import { KyselySessionStore } from './kysely-session-store.js';
import { SESSION_STORE } from './session-store.port.js';
import { SESSION_HOURS, SessionService } from './session.service.js';
import { SocketSessions } from './socket-sessions.js';

/** Sign-in, roles and audit, and the guard and error filter of every route. Needs the providers DATABASE and CLOCK. */
@Global()
@Module({})
export class AccessModule {
  static forRoot(options: { sessionHours: number }): DynamicModule {
    return {
      module: AccessModule,
      controllers: [SessionsController, ErrorsController],
      providers: [
        SessionService,
        SocketSessions,
        AuditService,
        { provide: SESSION_STORE, useClass: KyselySessionStore },
        { provide: SESSION_HOURS, useValue: options.sessionHours },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: DomainErrorFilter },
      ],
      exports: [SessionService, SocketSessions, AuditService],
    };
  }
}
