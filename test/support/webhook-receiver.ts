import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** performance.now() */
  readonly at: number;
}
/** `lies`: 200, with an error in the body, as robots of group chats do. */
export type ReceiverMode = 'takes' | 'hangs' | 'lies' | number;

/** Somebody's server that is told of pages; each path may behave in its own way. */
export class WebhookReceiver {
  readonly got: Posted[] = [];
  readonly modes = new Map<string, ReceiverMode>();
  /** What it says when it takes something. */
  answer = '{"errcode":0,"code":0}';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (p: string) => (text += p));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://x');
        const body = JSON.parse(text) as Record<string, unknown>;
        const { headers } = request;
        receiver.got.push({ path: url.pathname, query: url.searchParams, headers, text, body, at: performance.now() });
        const mode = receiver.modes.get(url.pathname) ?? 'takes';
        if (mode === 'hangs') return;
        if (mode === 'lies')
          return void response.writeHead(200).end('{"errcode":45009,"errmsg":"api freq out of limit"}');
        response.writeHead(mode === 'takes' ? 200 : mode).end(mode === 'takes' ? receiver.answer : 'no');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  at(path: string): Posted[] {
    return this.got.filter((p) => p.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
