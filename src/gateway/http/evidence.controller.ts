import { Controller, Get, Header, HttpCode, Param, Post, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiResponse } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { EvidenceCommands } from '../../workflow/evidence/evidence-commands.js';
import { EvidenceReads } from '../evidence-reads.js';
import type { EvidenceView } from '../evidence-views.js';
import { UUID } from './list-query.js';

const ID = new ZodPipe(UUID);
const HASH = new ZodPipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'));
const UPLOAD = z.object({
  step: z.coerce.number().int().min(0).max(1000).default(0).meta({ description: '0 = of the ticket as a whole.' }),
  position: z
    .enum(['remove', 'keep'])
    .default('remove')
    .meta({ description: '`keep` is heard only where STEWARD_EVIDENCE_POSITION allows it.' }),
});
const MEDIA = 'application/octet-stream';
/** Whoever is refused in the middle of sending gets its answer, and this long to read it. */
const HEAR_MS = 5000;

@Allow()
@Controller('api/v1/tickets/:id/evidence')
export class EvidenceController {
  constructor(
    private readonly commands: EvidenceCommands,
    private readonly reads: EvidenceReads,
  ) {}

  @Post()
  @HttpCode(201)
  @ApiConsumes(MEDIA)
  @ApiBody({ description: 'The file as it is, not a form.', schema: { type: 'string', format: 'binary' } })
  @ApiAnswer(201, 'Kept, or in quarantine (`state`). The same file again changes nothing.', 'EvidenceView')
  @ApiAnswer(400, 'Not a whole photo or film.')
  @ApiAnswer(403, 'Only those on the case.')
  @ApiAnswer(409, 'The ticket is closed, or has too many.')
  @ApiAnswer(413, 'A photo over 15 MB, a film over 100 MB: told while it comes, nothing is kept.')
  @ApiAnswer(415, 'By its content neither JPEG, PNG, WebP, HEIC, MP4, MOV nor WebM.')
  async add(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(UPLOAD) q: z.output<typeof UPLOAD>,
    @Req() request: Request,
  ): Promise<EvidenceView> {
    try {
      const estate = await this.reads.onCase(by, id);
      const body = { stream: request, announced: announcedBytes(request), keepPosition: q.position === 'keep' };
      return this.reads.view(await this.commands.add(by, { estate, ticketId: id, step: q.step }, body));
    } catch (error) {
      const broken = request.destroyed && !request.complete;
      letGo(request);
      if (broken) throw new DomainError('invalid', 'It broke off on its way. Send it again.');
      throw error;
    }
  }

  @Get()
  @ApiAnswer(200, 'Photos and films of the ticket, oldest first.', '{items: EvidenceView[]}')
  @ApiAnswer(403, 'Only those on the case.')
  async list(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<{ items: EvidenceView[] }> {
    return { items: await this.reads.list(by, id) };
  }

  @Get(':hash')
  @Header('x-content-type-options', 'nosniff')
  @Header('content-security-policy', "default-src 'none'; sandbox")
  @Header('cross-origin-resource-policy', 'same-origin')
  @Header('cache-control', 'private, no-store')
  @ApiResponse({ status: 200, description: 'The file. Every look is logged.', content: { [MEDIA]: {} } })
  @ApiAnswer(403, 'Only those on the case.')
  @ApiAnswer(404, 'No such photo or film of this ticket.')
  @ApiAnswer(409, 'It is in quarantine.')
  async look(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @Param('hash', HASH) hash: string,
  ): Promise<StreamableFile> {
    const { stream, bytes, mime } = await this.reads.look(by, id, hash);
    return new StreamableFile(stream, { type: mime, length: bytes, disposition: 'inline' });
  }
}

function announcedBytes(request: Request): number | null {
  const n = Number(request.headers['content-length'] ?? NaN);
  return Number.isFinite(n) ? n : null;
}

/** What is still on its way is thrown away; who goes on for ever is cut off. */
function letGo(request: Request): void {
  if (request.complete || request.destroyed) return;
  const end = setTimeout(() => request.destroy(), HEAR_MS);
  request.once('close', () => clearTimeout(end));
  request.on('error', () => undefined);
  request.resume();
}
