import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { OVERRIDE_SCOPES } from '../../estate/rule-overrides.js';
import { RuleCommands } from '../../workflow/rule-commands.js';
import { RuleReads } from '../../workflow/rule-reads.js';
import { DeviceReads } from '../device-reads.js';
import type { DeviceRulesView, RuleOverrideView, RuleView } from '../views.js';

const REASON = z.string().trim().min(1).max(500);
const KEY = z.object({
  scope: z.enum(OVERRIDE_SCOPES),
  scopeId: z.string().min(1).max(128),
  key: z.string().min(1).max(128),
});
const SET = KEY.extend({ value: z.number(), reason: REASON });
const REMOVE = KEY.extend({ reason: REASON });
const LIST = z.object({ estate: z.string().min(1).max(128).optional() });

@Allow('control-room', 'supervisor', 'project-manager', 'engineer', 'butler', 'security')
@Controller('api/v1')
export class RulesController {
  constructor(
    private readonly reads: RuleReads,
    private readonly commands: RuleCommands,
    private readonly devices: DeviceReads,
  ) {}

  @Get('rules')
  @ApiAnswer(
    200,
    'Every rule, what it may raise, and its thresholds with unit, bounds and source.',
    '{items: RuleView[]}',
  )
  rules(): { items: RuleView[] } {
    return { items: this.reads.catalogue() };
  }

  @Get('rule-overrides')
  @ApiAnswer(200, 'Thresholds set otherwise than their default, of estates in scope.', '{items: RuleOverrideView[]}')
  overrides(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(LIST) q: z.output<typeof LIST>,
  ): { items: RuleOverrideView[] } {
    return { items: this.reads.overrides(by, q.estate) };
  }

  @Put('rule-overrides')
  @Allow('supervisor', 'engineer')
  @ApiAnswer(200, 'Set, and in force: running holds go on and are measured by it.', 'RuleOverrideView')
  @ApiAnswer(400, 'Outside its bounds, or no rule there has it.')
  @ApiAnswer(404, 'No such place in scope, or no such key: `closest` is what was probably meant.')
  async set(@CurrentPrincipal() by: Principal, @ZodBody(SET) q: z.output<typeof SET>): Promise<RuleOverrideView> {
    const { value, reason, ...at } = q;
    const set = await this.commands.set(by, at, value, reason);
    return { ...set, at: new Date(set.at).toISOString() };
  }

  @Delete('rule-overrides')
  @HttpCode(200)
  @Allow('supervisor', 'engineer')
  @ApiAnswer(200, 'Not set there any more: the next wider one holds, or the default.', { removed: 'boolean' })
  @ApiAnswer(404, 'It is not set there.')
  async remove(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(REMOVE) q: z.output<typeof REMOVE>,
  ): Promise<{ removed: boolean }> {
    const { reason, ...at } = q;
    await this.commands.remove(by, at, reason);
    return { removed: true };
  }

  @Get('devices/:id/rules')
  @ApiAnswer(
    200,
    'Which rules are on for a device, which are off and why, and the thresholds in force.',
    'DeviceRulesView',
  )
  ofDevice(@CurrentPrincipal() by: Principal, @Param('id') id: string): DeviceRulesView {
    return this.reads.ofDevice(this.devices.device(by, id));
  }
}
