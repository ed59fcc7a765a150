import { Inject, Injectable } from '@nestjs/common';
import { estatesOf, rolesIn, type Principal } from '../access/principal.js';
import { GROUP_DETECTORS } from '../detection/group-detectors.js';
import type { Parameter } from '../detection/parameter.js';
import { RULES } from '../detection/rule-catalogue.js';
import type { Device } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { RulePlace } from '../estate/rule-overrides.js';
import type {
  DeviceRulesView,
  DeviceRuleView,
  Names,
  ParameterInForceView,
  RuleOverrideView,
} from '../gateway/views.js';
import type { RuleView } from '../gateway/views.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { eventDefinition } from '../kernel/events.js';
import { lifeGate } from './life-gate.js';
import { groupKeysOf } from './live-group.js';
import { Watch } from './watch.js';

const NEVER_SPOKE: Names = { zh: '从未上报过读数', en: 'It has never sent a reading.' };
const LIFE: Partial<Record<Device['life'], Names>> = {
  registered: { zh: '已登记，尚未投入使用', en: 'Registered, never put to work.' },
  retired: { zh: '已退役', en: 'Retired.' },
};

/** Rules and their thresholds as people see them: which are on, which are off and why, what holds and who has set it. */
@Injectable()
export class RuleReads {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly watch: Watch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  catalogue(): RuleView[] {
    return RULES.map((r) => ({
      id: r.id,
      over: r.over,
      kinds: [...r.kinds],
      events: r.events.map((name) => ({ name, title: eventDefinition(name).title })),
      parameters: r.parameters.map((p) => ({ ...p, whole: p.whole ?? false })),
    }));
  }

  /** Those that concern an estate in scope. @throws DomainError `not-found` when the one asked for is not */
  overrides(by: Principal, estate: string | undefined): RuleOverrideView[] {
    const d = this.directory.current;
    const mine = estatesOf(by).filter(
      (e) => (estate === undefined || e === estate) && rolesIn(by, e).some((r) => r !== 'contractor'),
    );
    if (estate !== undefined && mine.length === 0)
      throw new DomainError('not-found', 'There is no such thing in your estates.');
    const organisations = mine.map((e) => d.estate(e)?.organisation);
    return d.overrides.all.flatMap((o) => {
      const isMine =
        o.scope === 'organisation'
          ? organisations.includes(o.scopeId)
          : mine.includes(d.estateOf({ type: o.scope, id: o.scopeId }) ?? '');
      return isMine ? [{ ...o, at: new Date(o.at).toISOString() }] : [];
    });
  }

  ofDevice(device: Device): DeviceRulesView {
    const { maintenanceUntil } = device;
    return {
      device: device.id,
      life: device.life,
      maintenanceUntil: maintenanceUntil === null ? null : new Date(maintenanceUntil).toISOString(),
      items: [...this.ownRules(device), ...this.groupRules(device)],
    };
  }

  private ownRules(device: Device): DeviceRuleView[] {
    const runtime = this.watch.device(device.id)?.runtime;
    const asleep = LIFE[device.life] ?? (runtime?.hasSpoken ? null : NEVER_SPOKE);
    const why = LIFE[device.life] ? device.life : 'never-spoke';
    const organisation = this.organisationOf(device);
    const place = { organisation, estate: device.estate, building: device.building, device: device.id };
    return (runtime?.fitness() ?? []).map(({ detector, fitness }) => {
      const off = fitness.on ? null : fitness;
      const pages = detector.events.every((e) => lifeGate(e, device, this.clock.now()).kind === 'page');
      return {
        id: detector.id,
        over: 'device',
        place: device.id,
        on: fitness.on && asleep === null,
        why: asleep ? why : (off?.why ?? null),
        detail: asleep ?? off?.detail ?? (fitness.on ? (fitness.note ?? null) : null),
        alarms: pages ? 'page' : 'listed',
        parameters: this.inForce(detector.parameters ?? [], place),
      };
    });
  }

  private groupRules(device: Device): DeviceRuleView[] {
    const places = new Map(
      groupKeysOf(device, this.directory.current).map((key) => key.split(/:(.*)/s) as [string, string]),
    );
    return GROUP_DETECTORS.flatMap((g): DeviceRuleView[] => {
      const id = places.get(g.scope);
      if (id === undefined || (g.kinds.length > 0 && !g.kinds.includes(device.kind))) return [];
      const building = g.scope === 'estate' ? null : (this.directory.current.riser(id)?.building ?? device.building);
      const organisation = this.organisationOf(device);
      const parameters = this.inForce(g.parameters ?? [], {
        organisation,
        estate: device.estate,
        building,
        device: null,
      });
      return [{ id: g.id, over: g.scope, place: id, on: true, why: null, detail: null, alarms: 'page', parameters }];
    });
  }

  private organisationOf(device: Device): string | null {
    return this.directory.current.estate(device.estate)?.organisation ?? null;
  }

  private inForce(parameters: readonly Parameter[], place: RulePlace): ParameterInForceView[] {
    return parameters.map((p) => {
      const o = this.directory.current.overrides.holding(p.key, place);
      const set = o ? { from: o.scope, by: o.by, at: new Date(o.at).toISOString(), reason: o.reason } : NOBODY;
      return { key: p.key, unit: p.unit, value: o?.value ?? p.default, ...set };
    });
  }
}

const NOBODY = { from: 'default', by: null, at: null, reason: null } as const;
