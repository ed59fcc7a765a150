import { Observable } from './observable.js';

type LinkPhase = 'connecting' | 'live' | 'stale';
interface Link {
  readonly phase: LinkPhase;
  /** When the server was last heard, ms since the epoch by this computer; null = never yet. */
  readonly heardAt: number | null;
}

/** The server speaks every 2 s; two beats missed, and the screen says so within the 5 s that law 7 allows. */
const STALE_AFTER_MS = 4500;
const CHECK_MS = 250;

/** Is the line to the server alive? Anything heard counts; a lost socket is stale at once. */
export class LinkWatch {
  readonly link = new Observable<Link>({ phase: 'connecting', heardAt: null });
  private heardAt: number | null = null;
  private connected = false;
  private readonly startedAt = Date.now();
  private readonly timer = setInterval(() => this.check(), CHECK_MS);

  heard(): void {
    this.heardAt = Date.now();
    if (this.link.get().phase !== 'live') this.check();
  }

  setConnected(connected: boolean): void {
    this.connected = connected;
    if (connected) this.heard();
    this.check();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const quietMs = Date.now() - (this.heardAt ?? this.startedAt);
    const phase: LinkPhase =
      this.connected && quietMs < STALE_AFTER_MS
        ? 'live'
        : this.heardAt === null && quietMs < STALE_AFTER_MS
          ? 'connecting'
          : 'stale';
    if (phase !== this.link.get().phase) this.link.set({ phase, heardAt: this.heardAt ?? this.startedAt });
  }
}
