import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ProfileBook } from '../../telemetry/profiles/profile-book.js';
import type { ProfileSpec } from '../../telemetry/profiles/profile.js';
import { makeProfile } from '../../telemetry/profiles/read-profile-file.js';
import { tryProfile, type Trial } from '../../telemetry/profiles/try-profile.js';
import { ProfileCommands } from '../../workflow/profile-commands.js';

const SPEC = z.record(z.string(), z.unknown());
const DRY_RUN = z
  .object({
    /** A profile that there is, or one to try. */
    id: z.string().max(64).optional(),
    profile: SPEC.optional(),
    topic: z.string().max(500).optional(),
    payload: z.union([z.string().max(65_536), z.record(z.string(), z.unknown())]),
  })
  .refine((q) => (q.id === undefined) !== (q.profile === undefined), 'give either "id" or "profile"');

/** What payloads mean (docs/dialects.md). Profiles belong to the service, not to one estate. */
@Allow('engineer', 'supervisor')
@Controller('api/v1/device-profiles')
export class DeviceProfilesController {
  constructor(
    private readonly profiles: ProfileBook,
    private readonly commands: ProfileCommands,
  ) {}

  @Get()
  @ApiAnswer(200, 'All device profiles.', '{items: {readyMade: boolean, profile: DeviceProfile}[]}')
  list(): { items: { readyMade: boolean; profile: ProfileSpec }[] } {
    return { items: this.profiles.all().map(({ profile, readyMade }) => ({ readyMade, profile: profile.spec })) };
  }

  @Put(':id')
  @ApiAnswer(200, 'Kept, and used for the next message.', 'DeviceProfile')
  @ApiAnswer(409, 'Devices of another kind use it.')
  put(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodBody(SPEC) q: z.output<typeof SPEC>,
  ): Promise<ProfileSpec> {
    return this.commands.put(id, q, by);
  }

  @Delete(':id')
  @ApiAnswer(200, 'Removed; a ready-made profile of that id counts again.', { removed: 'boolean' })
  @ApiAnswer(409, 'Devices use it.')
  async remove(@CurrentPrincipal() by: Principal, @Param('id') id: string): Promise<{ removed: boolean }> {
    await this.commands.remove(id, by);
    return { removed: true };
  }

  @Post('dry-run')
  @HttpCode(200)
  @ApiAnswer(200, 'The readings that a payload would give, or the exact reason why there are none.', 'ProfileTrial')
  async dryRun(@ZodBody(DRY_RUN) q: z.output<typeof DRY_RUN>): Promise<Trial> {
    const known = q.id === undefined ? undefined : this.profiles.get(q.id);
    if (q.id !== undefined && !known) throw new DomainError('not-found', `There is no device profile "${q.id}".`);
    const made = known
      ? { ok: true as const, value: known }
      : makeProfile({ id: 'dry-run', title: 'dry run', ...q.profile });
    if (!made.ok) return { ok: false, reason: `the profile is not good: ${made.error}` };
    const payload = typeof q.payload === 'string' ? q.payload : JSON.stringify(q.payload);
    return tryProfile(made.value, Buffer.from(payload), q.topic);
  }
}
