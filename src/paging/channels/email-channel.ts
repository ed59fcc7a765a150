import { createTransport, type Transporter } from 'nodemailer';
import { messageText } from './message-text.js';
import type { ChannelAddress, ChannelMessage, PageChannel, SendOutcome } from './page-channel.port.js';
import type { Reach } from './reach.js';

/** A mail server of the company's own choice. */
export interface MailSettings {
  /** `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`. */
  readonly url: string;
  readonly from: string;
  /** PEM certificates trusted besides the system's. */
  readonly ca?: string | undefined;
}

interface MailChannelAddress extends ChannelAddress {
  readonly to: string;
}

const TIMEOUT_MS = 8000;

/** Mail for what can wait: a server that has taken a letter says nothing about whoever reads it. */
export class EmailChannel implements PageChannel<MailChannelAddress> {
  readonly name = 'email';
  private readonly transport: Transporter;

  constructor(
    private readonly settings: MailSettings,
    private readonly reachOf: (person: string) => Reach,
    timeoutMs = TIMEOUT_MS,
  ) {
    this.transport = createTransport({
      url: settings.url,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      ...(settings.ca ? { tls: { ca: settings.ca } } : {}),
    });
  }

  canRecall(): boolean {
    return false;
  }

  ready(person: string): boolean {
    return this.reachOf(person).email !== null;
  }

  addresses(person: string): MailChannelAddress[] {
    const to = this.reachOf(person).email;
    return to ? [{ id: 'mail', destination: `mail ${new URL(this.settings.url).host}`, shown: masked(to), to }] : [];
  }

  async send(message: ChannelMessage, { to }: MailChannelAddress): Promise<SendOutcome> {
    const { subject, body } = messageText(message);
    try {
      await this.transport.sendMail({
        from: this.settings.from,
        to,
        subject,
        text: `${body}\n`,
        // The same in each try: a letter that came twice is one to a mail program.
        messageId: `<${message.id}@steward>`,
        headers: { 'X-Steward-Page': message.id, ...(message.priority === 'P1' ? { Importance: 'high' } : {}) },
      });
      return { kind: 'accepted' };
    } catch (error) {
      const { responseCode, message: said } = error as Error & { responseCode?: number };
      // 5xx is the server's last word (RFC 5321); without a code it could not be spoken with.
      const never = responseCode !== undefined && responseCode >= 500;
      return { kind: never ? 'failed' : 'again', reason: said.slice(0, 300) };
    }
  }

  close(): void {
    this.transport.close();
  }
}

/** `w***@example.com`. */
export const masked = (address: string): string => address.replace(/^(.).*(?=@)/, '$1***');
