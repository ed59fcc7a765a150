import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Letter {
  readonly from: string;
  readonly to: string[];
  readonly text: string;
}
/** `busy` 451, `unknown` 550 at the recipient, `hangs` says nothing after the greeting. */
export type MailMode = 'takes' | 'busy' | 'unknown' | 'hangs';

/** As much of SMTP (RFC 5321) as it takes to be given a letter. */
export class MailServer {
  readonly letters: Letter[] = [];
  mode: MailMode = 'takes';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MailServer> {
    const server = createServer();
    const mail = new MailServer(server);
    server.on('connection', (socket) => mail.serve(socket));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const s of this.sockets) s.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    let waiting = '';
    let letter: { from: string; to: string[] } = { from: '', to: [] };
    let data: string[] | null = null;
    const line = (text: string): void => {
      if (data) {
        if (text !== '.') return void data.push(text.replace(/^\./, ''));
        this.letters.push({ ...letter, text: data.join('\n') });
        letter = { from: '', to: [] };
        data = null;
        return say('250 taken');
      }
      if (this.mode === 'hangs') return;
      const address = /<(.*)>/.exec(text)?.[1] ?? '';
      switch (text.slice(0, 4).toUpperCase()) {
        case 'MAIL':
          letter.from = address;
          return say(this.mode === 'busy' ? '451 try later' : '250 ok');
        case 'RCPT':
          if (this.mode === 'unknown') return say('550 no such mailbox');
          letter.to.push(address);
          return say('250 ok');
        case 'DATA':
          data = [];
          return say('354 go on');
        case 'QUIT':
          say('221 bye');
          return void socket.end();
        default:
          return say('250 ok');
      }
    };
    socket.on('data', (piece: string) => {
      waiting += piece;
      for (let end = waiting.indexOf('\r\n'); end !== -1; end = waiting.indexOf('\r\n')) {
        const text = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        line(text);
      }
    });
    say('220 test');
  }
}
