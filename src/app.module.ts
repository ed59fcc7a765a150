import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { OpsModule } from './ops/ops.module.js';
import { FoundationModule, type Foundation } from './platform/foundation.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { WorkflowModule } from './workflow/workflow.module.js';

/** The list of modules, nothing else. */
@Module({})
export class AppModule {
  static forRoot(options: { foundation: Foundation; sessionHours: number }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        FoundationModule.forRoot(options.foundation),
        OpsModule,
        AccessModule.forRoot({ sessionHours: options.sessionHours }),
        WorkflowModule,
        ReportsModule,
        GatewayModule,
      ],
    };
  }
}
