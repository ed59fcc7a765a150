import { createHmac, timingSafeEqual } from 'node:crypto';

const PATH = '/api/v1/page-receipts/';
const MAC = 22;

/** Addresses at which a phone without a login, or a gateway, says that a page has come: each good for one page alone. */
export class ReceiptTokens {
  constructor(private readonly key: string) {}

  path(pageId: string): string {
    return `${PATH}${pageId}.${this.mac(pageId)}`;
  }

  /** @returns the page's id, null when the token is not of our making */
  read(token: string): string | null {
    const match = /^([0-9a-f-]{36})\.([\w-]{22})$/.exec(token);
    const [, pageId = '', mac = ''] = match ?? [];
    if (!match) return null;
    return timingSafeEqual(Buffer.from(mac), Buffer.from(this.mac(pageId))) ? pageId : null;
  }

  private mac(pageId: string): string {
    return createHmac('sha256', this.key).update(`page-receipt:${pageId}`).digest('base64url').slice(0, MAC);
  }
}
