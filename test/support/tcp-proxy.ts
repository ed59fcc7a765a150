import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Line {
  /** From whoever came to the proxy. */
  readonly client: Socket;
  /** To the server behind it. */
  readonly server: Socket;
  /** What goes either way, in order. */
  readonly ways: readonly [Way, Way];
}

interface Lost {
  readonly question: string;
  left: number;
}

/**
 * A line to a real server that can be made bad: `silence` (a dead cable or a server that hangs: nothing is closed, nothing
 * goes through), `cut` (RST to both ends), `refuse` (nobody can connect), `delay` (a long way), and `loseAnswerTo` (the
 * server has done what it was asked, and nobody hears of it). Loopback alone.
 */
export class TcpProxy {
  private readonly lines = new Set<Line>();
  private readonly lost: Lost[] = [];
  private silent = false;
  private delayMs = 0;
  private server: Server | null = null;
  /** Answers lost so far, by {@link loseAnswerTo}. */
  answersLost = 0;
  /** Connections taken since the start. */
  accepted = 0;

  private constructor(
    private readonly host: string,
    private readonly target: number,
    public port: number,
  ) {}

  /** Begins to listen in front of that port. */
  static async before(port: number, host = '127.0.0.1'): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, port, 0);
    await proxy.allow();
    return proxy;
  }

  /** The same URL through this proxy. */
  static async beforeUrl(url: string): Promise<{ proxy: TcpProxy; url: string }> {
    const through = new URL(url);
    const proxy = await TcpProxy.before(Number(through.port), through.hostname);
    through.hostname = '127.0.0.1';
    through.port = String(proxy.port);
    return { proxy, url: through.href };
  }

  /** Connections that are open now. */
  get open(): number {
    return this.lines.size;
  }

  /** Holds all bytes both ways, closes nothing; new connections are taken and hear nothing. */
  silence(): void {
    this.silent = true;
    for (const line of this.lines) for (const way of line.ways) way.hold();
  }

  /** Everything that was held goes on its way, in order. */
  resume(): void {
    this.silent = false;
    for (const line of this.lines) for (const way of line.ways) way.let();
  }

  /** Ends every connection with an RST at both ends; what was under way is lost. */
  cut(): void {
    for (const line of [...this.lines]) this.break(line);
  }

  /** Nobody can connect any more (ECONNREFUSED); what is connected stays. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    // `close` waits for the connections that are open: only the listening matters here, and that ends at once.
    server.close();
    await sleep(0);
  }

  /** Takes connections (again), on the same port. */
  async allow(): Promise<void> {
    if (this.server) return;
    const server = createServer((client) => this.take(client));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Each way takes this many milliseconds longer from now on. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /**
   * The next `times` questions that hold this text reach the server; the first bytes of each answer are thrown away and
   * that connection is cut. So a COMMIT is made of which nobody hears.
   */
  loseAnswerTo(question: string, times = 1): void {
    this.lost.push({ question, left: times });
  }

  async close(): Promise<void> {
    await this.refuse();
    this.cut();
  }

  private take(client: Socket): void {
    this.accepted++;
    const server = connect({ port: this.target, host: this.host });
    let answerIsLost = false;
    const ways = [
      new Way(
        client,
        server,
        () => this.delayMs,
        (bytes) => {
          if (this.takesAnswerOf(bytes)) answerIsLost = true;
          return true;
        },
      ),
      new Way(
        server,
        client,
        () => this.delayMs,
        () => {
          if (!answerIsLost) return true;
          this.answersLost++;
          this.break(line);
          return false;
        },
      ),
    ] as const;
    const line: Line = { client, server, ways };
    this.lines.add(line);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.break(line));
      socket.on('close', () => this.break(line));
    }
    if (this.silent) for (const way of ways) way.hold();
  }

  private takesAnswerOf(bytes: Buffer): boolean {
    const found = this.lost.find((l) => l.left > 0 && bytes.includes(l.question));
    if (found) found.left--;
    return found !== undefined;
  }

  private break(line: Line): void {
    if (!this.lines.delete(line)) return;
    // A silent line tells nobody that the other end has gone, but it is over all the same.
    for (const socket of [line.client, line.server]) socket.resetAndDestroy();
  }
}

/** One direction of a line: bytes in order, each no earlier than its delay, none while it is held. */
class Way {
  private readonly waiting: { bytes: Buffer; at: number }[] = [];
  private held = false;
  private running = false;
  private ended = false;

  constructor(
    from: Socket,
    private readonly to: Socket,
    private readonly delayMs: () => number,
    private readonly passes: (bytes: Buffer) => boolean,
  ) {
    from.on('data', (bytes: Buffer) => {
      this.waiting.push({ bytes, at: performance.now() + this.delayMs() });
      void this.run();
    });
    from.on('end', () => {
      this.ended = true;
      void this.run();
    });
  }

  hold(): void {
    this.held = true;
  }

  let(): void {
    this.held = false;
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.held) {
      const next = this.waiting[0];
      if (!next) break;
      const early = next.at - performance.now();
      if (early > 0) {
        await sleep(early);
        continue;
      }
      this.waiting.shift();
      if (!this.passes(next.bytes)) break;
      if (!this.to.destroyed) this.to.write(next.bytes);
    }
    this.running = false;
    if (this.ended && !this.held && this.waiting.length === 0 && !this.to.destroyed) this.to.end();
  }
}
