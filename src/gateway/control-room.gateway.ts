import { Inject, Logger } from '@nestjs/common';
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
import { hasRole, type Principal } from '../access/principal.js';
import { SessionService } from '../access/session.service.js';
import { SocketSessions } from '../access/socket-sessions.js';
import { PageDelivery } from '../paging/page-delivery.js';
import { PersonSockets } from '../paging/person-sockets.js';
import { changeEvent } from './change-event.js';
import { ChangeFeed, type FeedReader } from './change-feed.js';
import { LiveBroadcast, type LiveViewer } from './live-broadcast.js';
import { PageReplies } from './page-replies.js';
import { RESUME, SEEN } from './socket-inputs.js';
import type { Role } from './views.js';

interface Desk {
  readonly principal: Principal;
  readonly readers: Map<string, FeedReader>;
  readonly viewers: Map<string, LiveViewer>;
}

/** `/control-room`: changes in order from any number on, live values, and the coordinator's pages. */
@Allow('control-room', 'supervisor', 'project-manager')
@WebSocketGateway({ namespace: 'control-room', cors: false })
export class ControlRoomGateway implements OnGatewayInit<Namespace>, OnGatewayConnection, OnGatewayDisconnect {
  private readonly log = new Logger(ControlRoomGateway.name);
  private readonly desks = new WeakMap<Socket, Desk>();

  constructor(
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(SocketSessions) private readonly open: SocketSessions,
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
    @Inject(LiveBroadcast) private readonly live: LiveBroadcast,
    @Inject(PersonSockets) private readonly people: PersonSockets,
    @Inject(PageDelivery) private readonly delivery: PageDelivery,
    @Inject(PageReplies) private readonly replies: PageReplies,
  ) {}

  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      authenticateSocket(this.sessions, socket.handshake).then(
        (principal) => {
          const may = principal.roles.some((r) => ROLES.includes(r.role));
          if (!may) return next(new Error('The control room is for the control room, supervisors and managers.'));
          (socket.data as { principal?: Principal }).principal = principal;
          next();
        },
        (e: Error) => next(e),
      );
    });
  }

  handleConnection(socket: Socket): void {
    const { principal } = socket.data as { principal: Principal };
    this.desks.set(socket, { principal, readers: new Map(), viewers: new Map() });
    this.people.add(principal.username, socket);
    this.open.watch(socket, principal);
    this.delivery
      .catchUp(principal.username)
      .catch((e: Error) => this.log.warn(`pages of ${principal.username}: ${e.message}`));
  }

  handleDisconnect(socket: Socket): void {
    this.open.forget(socket);
    const desk = this.desks.get(socket);
    if (!desk) return;
    this.people.remove(desk.principal.username, socket);
    for (const r of desk.readers.values()) this.feed.unsubscribe(r);
    for (const v of desk.viewers.values()) this.live.remove(v);
  }

  /** The client tells how far it has come; it gets what it missed in order, then everything as it happens. */
  @SubscribeMessage('resume')
  async resume(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<void> {
    const desk = this.desks.get(socket);
    const asked = RESUME.safeParse(body);
    if (!desk || !asked.success) return;
    const { estate, lastSeq } = asked.data;
    if (!hasRole(desk.principal, estate, ...ROLES)) return;
    const old = desk.readers.get(estate);
    if (old) this.feed.unsubscribe(old);
    const reader: FeedReader = {
      estate,
      cursor: lastSeq,
      deliver: (rows) => {
        // A second `resume` has taken over: this one must not tell anything twice.
        if (desk.readers.get(estate) !== reader) return;
        for (const row of rows) socket.emit('change', changeEvent(row, desk.principal));
      },
    };
    desk.readers.set(estate, reader);
    if (!(await this.feed.subscribe(reader))) {
      desk.readers.delete(estate);
      socket.emit('reset', { estate, seq: await this.feed.head(estate) });
    }
    if (!socket.connected) return this.handleDisconnect(socket);
    if (!desk.viewers.has(estate)) {
      const viewer: LiveViewer = { estate, show: (event) => void socket.volatile.emit('live', event) };
      desk.viewers.set(estate, viewer);
      this.live.add(viewer);
    }
  }

  @SubscribeMessage('seen')
  async seen(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<void> {
    const desk = this.desks.get(socket);
    const asked = SEEN.safeParse(body);
    if (desk && asked.success) await this.replies.seen(desk.principal, asked.data.pageId);
  }
}

const ROLES: Role[] = ['control-room', 'supervisor', 'project-manager'];
