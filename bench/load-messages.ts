import type { DeviceKind } from '../src/estate/device.js';
import type { DeviceLogin } from './device-connection.js';
import type { HistogramData } from './latency-histogram.js';

export interface LoadDevice extends DeviceLogin {
  readonly kind: DeviceKind;
}

/** What the bench tells a load worker. */
export type LoadCommand =
  | { readonly do: 'connect'; readonly host: string; readonly port: number; readonly devices: readonly LoadDevice[] }
  /** Paced, open loop; the first `warmupMs` are not measured. */
  | { readonly do: 'pace'; readonly rate: number; readonly warmupMs: number; readonly measureMs: number }
  /** Closed loop, one in flight on each connection: how fast it can be, not how fast it should be. */
  | { readonly do: 'flood'; readonly warmupMs: number; readonly measureMs: number }
  | { readonly do: 'stop' };

export interface LoadResult {
  readonly sent: number;
  readonly acknowledged: number;
  readonly unacknowledged: number;
  readonly closedConnections: number;
  /** Acknowledgements that came while it was measured, per second. */
  readonly acknowledgedPerS: number;
  readonly puback: HistogramData;
  /** How late this sender itself was. */
  readonly lateness: HistogramData;
  /** Unacknowledged at the beginning and at the end of the measurement (means of samples of a second). */
  readonly backlogAtStart: number;
  readonly backlogAtEnd: number;
  readonly meanBytes: number;
}

export type LoadReport =
  | { readonly type: 'connected' }
  | { readonly type: 'result'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly message: string };
