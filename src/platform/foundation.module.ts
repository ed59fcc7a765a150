import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import type { Database } from './database-schema.js';
import { DATABASE, EMERGENCY_DATABASE } from './database-token.js';
import { EstateTransactions } from './estate-transaction.js';
import { FOUNDATION } from './foundation-token.js';
import {
  NodeOutboundHttp,
  OUTBOUND_ADDRESSES,
  OUTBOUND_HTTP,
  type OutboundAddresses,
  type OutboundHttp,
} from './outbound-http.js';
import type { WorkQueue } from './work-queue.port.js';
import { WORK_QUEUE } from './work-queue.port.js';

/** What carriers of pages need to know of the outside. */
export interface ChannelSetup {
  /** P-256, base64url. */
  readonly vapid: { readonly publicKey: string; readonly privateKey: string };
  /** Signs receipt addresses. */
  readonly receiptKey: string;
  /** Webhooks may stand in the company's own network. */
  readonly allowPrivate: boolean;
  /** Where people open Steward, without a slash at the end. */
  readonly publicUrl: string | null;
  /** Whom a push service may write to about this service. */
  readonly contact: string;
  readonly mail: { readonly url: string; readonly from: string; readonly ca?: string | undefined } | null;
}

/** What was started before the application: everything below it that has an address. */
export interface Foundation {
  readonly clock: Clock;
  /** Without a pooler: for a connection of one's own. */
  readonly databaseUrl: string;
  readonly database: Kysely<Database>;
  readonly emergencyDatabase: Kysely<Database>;
  readonly workQueue: WorkQueue;
  readonly batch: { readonly rows: number; readonly ms: number };
  /** InfluxDB that keeps the history; without it PostgreSQL does. */
  readonly influxUrl?: string | undefined;
  /** Carriers of pages beside the open screens; without it there are none. */
  readonly channels?: ChannelSetup | undefined;
  /** The way to addresses outside; without it public ones alone are reached. */
  readonly outboundHttp?: (OutboundHttp & OutboundAddresses) | undefined;
  /** Where photos and films are kept, and what is done with them; without it none are taken. */
  readonly evidence?: {
    readonly folder: string;
    readonly mayKeepPosition: boolean;
    readonly scan?: string | undefined;
  };
  /** What is already loaded, by DI token (the directory of estates). */
  readonly extra: readonly { provide: symbol | (abstract new (...args: never[]) => unknown); useValue: unknown }[];
}

@Global()
@Module({})
export class FoundationModule {
  static forRoot(f: Foundation): DynamicModule {
    const outbound = f.outboundHttp ?? new NodeOutboundHttp({ allowPrivate: false });
    const providers = [
      { provide: FOUNDATION, useValue: f },
      { provide: CLOCK, useValue: f.clock },
      { provide: DATABASE, useValue: f.database },
      { provide: EMERGENCY_DATABASE, useValue: f.emergencyDatabase },
      { provide: WORK_QUEUE, useValue: f.workQueue },
      { provide: OUTBOUND_HTTP, useValue: outbound },
      { provide: OUTBOUND_ADDRESSES, useValue: outbound },
      ...f.extra,
      EstateTransactions,
    ];
    return { module: FoundationModule, providers, exports: providers };
  }
}
