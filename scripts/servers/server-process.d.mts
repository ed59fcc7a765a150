export function freePort(taken?: Set<number>): Promise<number>;

export interface ServerOptions {
  name: string;
  /** File that its output is appended to. */
  log: string;
  command: () => { file: string; args: string[] };
  ready: () => Promise<boolean>;
  readyWithinMs?: number;
  stopSignal?: NodeJS.Signals;
}

export class ServerProcess {
  constructor(options: ServerOptions);
  readonly name: string;
  readonly log: string;
  readonly pid: number | null;
  /** Resolves when the process that runs now has ended. */
  readonly exited: Promise<void>;
  start(): Promise<this>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  freeze(): void;
  resume(): void;
  lastWords(): string;
}

/** A server that was started: `url` and `port` stay the same when it is stopped and started again. */
export type StartedServer = ServerProcess & { readonly url: string; readonly port: number };
