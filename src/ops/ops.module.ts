import { Global, Module } from '@nestjs/common';
import { HealthController } from './http/health.controller.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** Health, readiness and figures. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [Metrics, Readiness],
  exports: [Metrics, Readiness],
})
export class OpsModule {}
