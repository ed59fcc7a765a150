import { io, type Socket } from 'socket.io-client';
import type { ChangeEvent, CommandAck, PageEvent, RecallEvent, ResetEvent } from '../../src/gateway/views.js';

export type Namespace = 'butler' | 'control-room';

/** A phone or a desk: keeps everything it was told, and confirms each page as a real one does. */
export class SocketClient {
  readonly pages: PageEvent[] = [];
  readonly recalls: RecallEvent[] = [];
  readonly changes: ChangeEvent[] = [];
  readonly resets: ResetEvent[] = [];
  readonly tickets: { ticketId: string; seq: number }[] = [];
  lives = 0;

  private constructor(readonly socket: Socket) {
    socket.on('page', (page: PageEvent, delivered?: () => void) => {
      this.pages.push(page);
      delivered?.();
    });
    socket.on('recall', (r: RecallEvent) => this.recalls.push(r));
    socket.on('change', (c: ChangeEvent) => this.changes.push(c));
    socket.on('reset', (r: ResetEvent) => this.resets.push(r));
    socket.on('ticket', (t: { ticketId: string; seq: number }) => this.tickets.push(t));
    socket.on('live', () => this.lives++);
  }

  /** @throws with the server's words when it is not let in */
  static open(http: string, namespace: Namespace, token: string | null): Promise<SocketClient> {
    const socket = io(`${http}/${namespace}`, {
      ...(token === null ? {} : { auth: { token } }),
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    const client = new SocketClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(client));
      socket.once('connect_error', (e) => {
        socket.close();
        reject(e);
      });
    });
  }

  resume(estate: string, lastSeq: number): void {
    this.socket.emit('resume', { estate, lastSeq });
  }

  async command(event: 'seen' | 'accept' | 'decline', body: unknown): Promise<CommandAck> {
    return (await this.socket.timeout(10_000).emitWithAck(event, body)) as CommandAck;
  }

  close(): void {
    this.socket.close();
  }
}
