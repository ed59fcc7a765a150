import type { Socket } from 'socket.io';
import type { PageEvent, RecallEvent } from '../../src/gateway/views.js';
import type { TaskNotice } from '../../src/gateway/task-views.js';
import type { PersonSockets } from '../../src/paging/person-sockets.js';

/** A person's phone: what it has shown, and whether it is there to show anything. Outlives the service. */
export class StoryPhone {
  /** Pages that it has shown: an id that it knows is not shown anew. */
  readonly shown: PageEvent[] = [];
  /** Ids that came once more: repeats of pages that nobody has answered. */
  readonly repeated: string[] = [];
  readonly recalled: RecallEvent[] = [];
  /** Jobs that it was told of: shown, not rung. */
  readonly tasks: TaskNotice[] = [];
  /** Ids that this phone has confirmed: the service must come to know them as delivered. */
  readonly confirmed = new Set<string>();
  online = true;
  /** A phone in a lift shaft: connected as far as anybody knows, but nothing comes through. */
  answers = true;
  private attachedTo: PersonSockets | null = null;

  constructor(readonly person: string) {}

  attach(sockets: PersonSockets): void {
    this.attachedTo = sockets;
    if (this.online) sockets.add(this.person, this.socket);
  }

  goOffline(): void {
    this.online = false;
    this.attachedTo?.remove(this.person, this.socket);
  }

  comeOnline(): void {
    this.online = true;
    this.attachedTo?.add(this.person, this.socket);
  }

  /** Pages that ring now. */
  get ringing(): PageEvent[] {
    const gone = new Set(this.recalled.map((r) => r.pageId));
    return this.shown.filter((p) => !gone.has(p.pageId));
  }

  private readonly socket = {
    emit: (event: string, payload: unknown) => {
      if (event === 'recall' && this.answers) this.recalled.push(payload as RecallEvent);
      if (event === 'task' && this.answers) this.tasks.push(payload as TaskNotice);
    },
    timeout: () => ({
      emit: (event: string, payload: unknown, confirm: (error: Error | null) => void) => {
        if (event !== 'page') throw new Error(`a phone is not told "${event}" with a receipt`);
        if (!this.answers) return;
        const page = payload as PageEvent;
        if (this.shown.some((p) => p.pageId === page.pageId)) this.repeated.push(page.pageId);
        else this.shown.push(page);
        this.confirmed.add(page.pageId);
        confirm(null);
      },
    }),
  } as unknown as Socket;
}
