import { ApiError } from './api-error.js';
import { Observable } from './observable.js';

export interface Upload {
  readonly id: number;
  readonly ticketId: string;
  /** 0 = of the ticket as a whole. */
  readonly step: number;
  readonly file: Blob;
  /** Shows it on this page, before it has arrived anywhere. */
  readonly preview: string;
  readonly kind: 'photo' | 'film';
  readonly state: 'waiting' | 'sending' | 'sent' | 'refused';
  /** 0 to 1. */
  readonly share: number;
  /** In the service's words, when it was refused. */
  readonly why: string | null;
  /** Under which the service keeps it, when it has arrived. */
  readonly sha256: string | null;
}

/** Try again, ms: the line may be back before anybody says so. */
const RETRY_MS = 4000;

/**
 * Photos and films on their way, one at a time, beside what people report: a film must not hold up "the people are out".
 * They are kept on this page until they have arrived; while one waits, closing the page is asked about.
 */
export class EvidenceUploads {
  readonly all = new Observable<readonly Upload[]>([]);
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private next = 1;

  constructor(
    /** @returns the hash under which it is kept */
    private readonly send: (u: Upload, onShare: (share: number) => void) => Promise<string>,
    private readonly onSent: (ticketId: string) => void,
  ) {}

  add(ticketId: string, step: number, file: Blob): void {
    const kind = file.type.startsWith('video/') ? 'film' : 'photo';
    const preview = URL.createObjectURL(file);
    const fresh = {
      id: this.next++,
      ticketId,
      step,
      file,
      preview,
      kind,
      state: 'waiting',
      share: 0,
      why: null,
      sha256: null,
    } as const;
    this.all.set([...this.all.get(), fresh]);
    addEventListener('beforeunload', this.warn);
    void this.flush();
  }

  /** Takes one off the page that was refused. */
  drop(id: number): void {
    for (const u of this.all.get()) if (u.id === id) URL.revokeObjectURL(u.preview);
    this.all.set(this.all.get().filter((u) => u.id !== id));
  }

  async flush(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    try {
      for (let u = this.waiting(); u; u = this.waiting()) if (!(await this.sendOne(u))) break;
    } finally {
      this.busy = false;
    }
    if (this.waiting()) this.timer = setTimeout(() => void this.flush(), RETRY_MS);
    else removeEventListener('beforeunload', this.warn);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    removeEventListener('beforeunload', this.warn);
    for (const u of this.all.get()) URL.revokeObjectURL(u.preview);
  }

  /** @returns false when the line is down */
  private async sendOne(u: Upload): Promise<boolean> {
    this.change(u.id, { state: 'sending', share: 0 });
    try {
      const sha256 = await this.send(u, (share) => this.change(u.id, { share }));
      this.change(u.id, { state: 'sent', share: 1, sha256 });
      this.onSent(u.ticketId);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status !== 401) {
        this.change(u.id, { state: 'refused', why: error.message });
        return true;
      }
      this.change(u.id, { state: 'waiting' });
      return false;
    }
  }

  private waiting(): Upload | undefined {
    return this.all.get().find((u) => u.state === 'waiting');
  }

  private change(id: number, patch: Partial<Upload>): void {
    this.all.set(this.all.get().map((u) => (u.id === id ? { ...u, ...patch } : u)));
  }

  private readonly warn = (event: Event): void => event.preventDefault();
}
