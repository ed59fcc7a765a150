import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { Kysely } from 'kysely';
import webPush from 'web-push';
import { serviceSecret } from '../../access/service-secrets.js';
import type { TokenVault } from '../../access/token-vault.js';
import type { Environment } from '../../config/environment.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { VapidKeys } from '../../paging/channels/web-push-channel.js';
import type { Database } from '../../platform/database-schema.js';
import type { ChannelSetup } from '../../platform/foundation.module.js';
import { NodeOutboundHttp } from '../../platform/outbound-http.js';

const NOBODY = 'mailto:steward@localhost.localdomain';

/**
 * What carriers need, from the settings and from the secrets of this service, which are made at the first start.
 * @throws DomainError `invalid` when the file of authorities cannot be read
 */
export async function setUpChannels(
  settings: Environment['outside'],
  db: Kysely<Database>,
  vault: TokenVault,
  now: number,
): Promise<{ channels: ChannelSetup; outboundHttp: NodeOutboundHttp; ca: string | undefined }> {
  const ca = settings.caFile ? await authorities(settings.caFile) : undefined;
  const vapid = await serviceSecret(db, vault, 'vapid', now, () => JSON.stringify(webPush.generateVAPIDKeys()));
  const receiptKey = await serviceSecret(db, vault, 'page-receipts', now, () => randomBytes(32).toString('base64'));
  const { publicUrl, smtpUrl, smtpFrom, allowPrivate, pushContact } = settings;
  return {
    channels: {
      vapid: JSON.parse(vapid) as VapidKeys,
      receiptKey,
      allowPrivate,
      publicUrl,
      contact: pushContact ?? (publicUrl?.startsWith('https:') ? publicUrl : NOBODY),
      mail: smtpUrl ? { url: smtpUrl, from: smtpFrom, ca } : null,
    },
    outboundHttp: new NodeOutboundHttp({ allowPrivate, ca }),
    ca,
  };
}

/** Node takes a list in place of its own, so its own is put beside it. */
async function authorities(file: string): Promise<string> {
  const own = await readFile(file, 'utf8').catch((e: Error) => {
    throw new DomainError('invalid', `STEWARD_OUTBOUND_CA_FILE: ${file} cannot be read: ${e.message}`);
  });
  return [...rootCertificates, own].join('\n');
}
