import { Inject, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { authenticateSocket } from '../access/authenticate-socket.js';
import { Allow } from '../access/http/access-rule.js';
import { estatesOf, rolesIn, type Principal } from '../access/principal.js';
import { SessionService } from '../access/session.service.js';
import { SocketSessions } from '../access/socket-sessions.js';
import { PageDelivery } from '../paging/page-delivery.js';
import { PersonSockets } from '../paging/person-sockets.js';
import { EstateTransactions, type ChangeRow } from '../platform/estate-transaction.js';
import { acknowledged } from './command-ack.js';
import { PageReplies } from './page-replies.js';
import { ACCEPT, DECLINE, SEEN } from './socket-inputs.js';
import type { CommandAck } from './views.js';

const HEARTBEAT_MS = 2000;
const BAD: CommandAck = { ok: false, status: 400, message: 'Not understood.' };

/** `/butler`: pages that ring, recalls, and word of changed tickets to the phones of everybody on duty. */
@Allow()
@WebSocketGateway({ namespace: 'butler', cors: false })
export class ButlerGateway
  implements OnGatewayInit<Namespace>, OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy
{
  private readonly log = new Logger(ButlerGateway.name);
  private readonly phones = new Map<Socket, Principal>();
  private heartbeat: NodeJS.Timeout | null = null;

  constructor(
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(SocketSessions) private readonly open: SocketSessions,
    @Inject(PersonSockets) private readonly people: PersonSockets,
    @Inject(PageDelivery) private readonly delivery: PageDelivery,
    @Inject(PageReplies) private readonly replies: PageReplies,
    @Inject(EstateTransactions) transactions: EstateTransactions,
  ) {
    transactions.onCommitted((estate, changes) => this.tell(estate, changes));
  }

  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      authenticateSocket(this.sessions, socket.handshake).then(
        (principal) => {
          (socket.data as { principal?: Principal }).principal = principal;
          next();
        },
        (e: Error) => next(e),
      );
    });
    this.heartbeat = setInterval(() => {
      const at = new Date().toISOString();
      for (const s of this.phones.keys()) s.volatile.emit('heartbeat', { at });
    }, HEARTBEAT_MS);
  }

  onModuleDestroy(): void {
    if (this.heartbeat) clearInterval(this.heartbeat);
  }

  handleConnection(socket: Socket): void {
    const { principal } = socket.data as { principal: Principal };
    this.phones.set(socket, principal);
    this.people.add(principal.username, socket);
    this.open.watch(socket, principal);
    this.delivery
      .catchUp(principal.username)
      .catch((e: Error) => this.log.warn(`pages of ${principal.username}: ${e.message}`));
  }

  handleDisconnect(socket: Socket): void {
    this.open.forget(socket);
    const principal = this.phones.get(socket);
    this.phones.delete(socket);
    if (principal) this.people.remove(principal.username, socket);
  }

  @SubscribeMessage('seen')
  async seen(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<CommandAck> {
    const asked = SEEN.safeParse(body);
    const principal = this.phones.get(socket);
    if (!principal || !asked.success) return BAD;
    return acknowledged(() => this.replies.seen(principal, asked.data.pageId));
  }

  @SubscribeMessage('accept')
  async accept(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<CommandAck> {
    const asked = ACCEPT.safeParse(body);
    const principal = this.phones.get(socket);
    if (!principal || !asked.success) return BAD;
    return acknowledged(() => this.replies.accept(principal, asked.data.pageId));
  }

  @SubscribeMessage('decline')
  async decline(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<CommandAck> {
    const asked = DECLINE.safeParse(body);
    const principal = this.phones.get(socket);
    if (!principal || !asked.success) return BAD;
    return acknowledged(() => this.replies.decline(principal, asked.data.pageId, asked.data.reason));
  }

  /** Only that something changed, and its number: what a phone may see of it, it asks for. */
  private tell(estate: string, changes: readonly ChangeRow[]): void {
    const tickets = new Map<string, number>();
    for (const c of changes) {
      if (c.type === 'ticket' && c.entityId) tickets.set(c.entityId, c.seq);
      if (c.type === 'step' || c.type === 'note') tickets.set(String(c.payload['ticketId']), c.seq);
    }
    if (tickets.size === 0) return;
    for (const [socket, principal] of this.phones) {
      if (!estatesOf(principal).includes(estate)) continue;
      // Contractors learn of tickets only by their own pages.
      if (rolesIn(principal, estate).every((r) => r === 'contractor')) {
        for (const c of changes) {
          if (c.type === 'page' && c.payload['person'] === principal.username) {
            socket.emit('ticket', { ticketId: String(c.payload['ticketId']), seq: c.seq });
          }
        }
        continue;
      }
      for (const [ticketId, seq] of tickets) socket.emit('ticket', { ticketId, seq });
    }
  }
}
