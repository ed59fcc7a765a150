import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** A system outside: keeps what it is told and answers as the test wants. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Status of the next answers; null = it hangs. */
  answer: number | null;
  close(): void;
}

export async function webhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString('utf8');
      const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
      received.push({ path: request.url ?? '', headers: request.headers, text, body });
      if (receiver.answer !== null) response.writeHead(receiver.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: 200,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

/** As docs/webhooks.md tells receivers to check it. */
export function isSignedWith(secret: string, { headers, text }: Received): boolean {
  const header = String(headers['steward-signature']);
  const { t, v1 } = Object.fromEntries(header.split(',').map((part) => part.split('='))) as Record<string, string>;
  return v1 === createHmac('sha256', secret).update(`${t}.${text}`).digest('hex');
}
