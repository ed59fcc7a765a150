import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { EstateContact } from '../../estate/estate-directory.js';
import { CONTACT_KINDS } from '../../platform/schema/rescue-tables.js';
import { ContactCommands } from '../../workflow/contact-commands.js';
import type { EstateContactView } from '../rescue-views.js';
import type { Role } from '../views.js';

const TEXT = z.string().trim().min(1).max(200);
const CONTACT = z.strictObject({
  kind: z.enum(CONTACT_KINDS),
  name: z.strictObject({ zh: TEXT, en: TEXT }),
  phone: z.string().regex(/^\+?\d[\d -]{1,19}$/, 'must be a telephone number, such as 119 or 0571-8800-0000'),
});
const STAFF: Role[] = ['control-room', 'butler', 'security', 'engineer', 'supervisor', 'project-manager'];
const EDITORS: Role[] = ['control-room', 'supervisor', 'project-manager'];

/** Numbers outside the estate's own staff: rescue station, fire brigade, police. */
@Allow(...STAFF)
@Controller('api/v1/estates/:estate/contacts')
export class EstateContactsController {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly commands: ContactCommands,
  ) {}

  @Get()
  @ApiAnswer(200, 'The numbers that are recorded for the estate.', '{items: EstateContactView[]}')
  list(@CurrentPrincipal() by: Principal, @Param('estate') estate: string): { items: EstateContactView[] } {
    assertEstate(by, estate, ...STAFF);
    return { items: this.directory.current.contactsOf(estate).map(view) };
  }

  @Post()
  @Allow(...EDITORS)
  @ApiAnswer(201, 'Recorded; prompts name it from now on.', 'EstateContactView')
  async add(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodBody(CONTACT) q: z.output<typeof CONTACT>,
  ): Promise<EstateContactView> {
    assertEstate(by, estate, ...EDITORS);
    return view(await this.commands.add(estate, by, { kind: q.kind, names: q.name, phone: q.phone }));
  }

  @Delete(':contact')
  @Allow(...EDITORS)
  @HttpCode(204)
  @ApiAnswer(204, 'Gone. One that the estate file names comes back with its next import.')
  async remove(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @Param('contact') contact: string,
  ): Promise<void> {
    assertEstate(by, estate, ...EDITORS);
    await this.commands.remove(estate, by, contact);
  }
}

const view = ({ id, kind, names, phone }: EstateContact): EstateContactView => ({ id, kind, name: names, phone });
