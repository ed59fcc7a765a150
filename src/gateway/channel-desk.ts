import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../access/audit.service.js';
import { hasRole, type Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { ReachBook, type ReachChange } from '../paging/channels/reach-book.js';
import type { PushAddress } from '../paging/channels/reach.js';
import { tidyChoices } from '../paging/channels/reach.js';
import type { Foundation } from '../platform/foundation.module.js';
import { FOUNDATION } from '../platform/foundation-token.js';
import { isPublicAddress } from '../platform/public-address.js';
import { personNames } from '../tickets/ticket-views.js';
import { PAGE_CHANNELS, type PageChannels } from '../workflow/page-channels/page-channel-providers.js';
import type { ChannelsView } from './channel-views.js';

/** How people are reached: each for himself, a supervisor for those of his estates. */
@Injectable()
export class ChannelDesk {
  constructor(
    private readonly book: ReachBook,
    private readonly directory: DirectoryHolder,
    private readonly audit: AuditService,
    @Inject(PAGE_CHANNELS) private readonly channels: PageChannels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FOUNDATION) private readonly foundation: Foundation,
  ) {}

  /** @throws DomainError `not-found` when that person works in none of the estates that `by` is supervisor of */
  staff(by: Principal, username: string): string {
    const entry = this.directory.current.person(username);
    if (!entry?.roles.some((r) => hasRole(by, r.estate, 'supervisor')))
      throw new DomainError('not-found', 'There is no such person in your estates.');
    return entry.username;
  }

  async view(person: string): Promise<ChannelsView> {
    const reach = this.book.of(person);
    const devices = await this.book.devices(person);
    return {
      person,
      name: personNames(person, this.directory.current),
      lang: reach.lang,
      channels: reach.choices.map((c) => {
        const way = this.channels.get(c.channel);
        const ready = way?.ready(person) ?? false;
        return { ...c, priorities: [...c.priorities], ready, why: !way ? 'not-set-up' : ready ? null : 'no-address' };
      }),
      quietHours: reach.quiet,
      webhook: reach.webhook && {
        kind: reach.webhook.kind,
        host: new URL(reach.webhook.url).host,
        signed: reach.webhook.secret !== null,
        number: reach.webhook.number,
      },
      email: reach.email,
      pushKey: this.channels.has('web-push') ? (this.foundation.channels?.vapid.publicKey ?? null) : null,
      pushDevices: devices.map((d) => ({ ...d, createdAt: d.createdAt.toISOString() })),
    };
  }

  /** @throws DomainError `invalid` in words; then nothing has changed */
  async change(by: Principal, person: string, change: ReachChange): Promise<ChannelsView> {
    const { choices, webhook } = change;
    if (choices) {
      if (new Set(choices.map((c) => c.channel)).size !== choices.length)
        throw new DomainError('invalid', 'A channel is named twice.');
      if (choices.some((c) => c.channel === 'websocket' && !c.on))
        throw new DomainError('invalid', 'An open screen always shows a page: the websocket cannot be switched off.');
    }
    if (webhook) await this.checkOutside(webhook.url, ['https:', 'http:']);
    await this.book.change(
      person,
      { ...change, ...(choices ? { choices: tidyChoices(choices) } : {}) },
      by.username,
      this.clock.now(),
    );
    const changed = Object.entries(change).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    await this.audit.record({ actor: by.username, action: 'channels.changed', target: person, details: { changed } });
    return this.view(person);
  }

  async subscribe(person: string, push: Omit<PushAddress, 'id'> & { label: string }): Promise<{ id: string }> {
    if (!this.channels.has('web-push')) throw new DomainError('conflict', 'Web Push is not set up.');
    await this.checkOutside(push.endpoint, ['https:']);
    return { id: await this.book.subscribe(person, push, this.clock.now()) };
  }

  async unsubscribe(person: string, id: string): Promise<void> {
    if (!(await this.book.unsubscribe(person, id)))
      throw new DomainError('not-found', 'There is no such subscription.');
  }

  /** Judged here for a clear word to whoever types; judged again at each connection, where it counts. */
  private async checkOutside(text: string, protocols: string[]): Promise<void> {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !protocols.includes(url.protocol) || url.username || url.password)
      throw new DomainError(
        'invalid',
        `The address must begin with ${protocols.join('// or ')}// and hold no password.`,
      );
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!this.foundation.channels?.allowPrivate && !(await isOutside(host))) {
      throw new DomainError('invalid', `${host} is not a public address; this service may not send to private ones.`, {
        reason: 'private-address',
      });
    }
  }
}

/** A name that nobody knows today may be known tomorrow: it is let pass, and a test of the channel tells. */
async function isOutside(host: string): Promise<boolean> {
  if (isIP(host)) return isPublicAddress(host);
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.length === 0 || found.some((f) => isPublicAddress(f.address));
}
