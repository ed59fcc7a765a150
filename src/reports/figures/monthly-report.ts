import { Inject, Injectable } from '@nestjs/common';
import { assertEstate } from '../../access/estate-scope.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { definitionFor } from '../../estate/event-definition.js';
import type { AlarmTagView, MonthlyFiguresView } from '../../gateway/report-views.js';
import type { Names } from '../../gateway/views.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { EventName } from '../../kernel/events.js';
import { localDay } from '../local-stamp.js';
import { monthOf } from '../month.js';
import { REPORT_ROLES } from '../rescue/rescue-reports.js';
import { FiguresReads, readTag } from './figures-reads.js';
import { ticketFigures } from './monthly-figures.js';
import { operatorLoad } from './operator-load.js';

/** The figures of an estate's month, for those who may have them. */
@Injectable()
export class MonthlyReport {
  constructor(
    private readonly reads: FiguresReads,
    private readonly directory: DirectoryHolder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param month `2026-11`; without it the present one
   * @throws DomainError `not-found`, `forbidden`, `invalid` for a month that there is not (yet)
   */
  async of(by: Principal, estate: string, month: string | undefined): Promise<MonthlyFiguresView> {
    assertEstate(by, estate, ...REPORT_ROLES);
    const now = this.clock.now();
    const entry = this.directory.current.estate(estate);
    const timezone = entry?.timezone ?? 'Asia/Shanghai';
    const wanted = month ?? localDay(timezone, now).slice(0, 7);
    const span = monthOf(wanted, timezone);
    if (!span) throw new DomainError('invalid', `There is no month "${wanted}": say it as 2026-11.`, { month: wanted });
    if (span.from > now) throw new DomainError('invalid', `The month ${wanted} has not begun.`, { month: wanted });
    const tickets = await this.reads.tickets(estate, span);
    const shown = await this.reads.shown(estate, span);
    const standing = await this.reads.standing(estate, span);
    const setting = entry?.setting ?? 'city';
    const so = { from: span.from, to: Math.min(span.to, now) };
    const load = operatorLoad(shown, standing, so, this.reads.operators(estate));
    return {
      ...{ estate, month: wanted, timezone },
      name: entry?.names ?? { zh: estate, en: estate },
      from: new Date(span.from).toISOString(),
      to: new Date(span.to).toISOString(),
      complete: now >= span.to,
      madeAt: new Date(now).toISOString(),
      real: ticketFigures(
        tickets.filter((t) => !t.drill),
        setting,
        now,
      ),
      drills: ticketFigures(
        tickets.filter((t) => t.drill),
        setting,
        now,
      ),
      events: Object.fromEntries(tickets.map((t) => [t.event, this.title(estate, t.event)])),
      load: {
        ...load,
        mostFrequent: load.mostFrequent.map(({ tag, ...rest }) => ({ ...this.tagView(estate, tag), ...rest })),
        chattering: load.chattering.map(({ tag, ...rest }) => ({ ...this.tagView(estate, tag), ...rest })),
      },
    };
  }

  private tagView(estate: string, tag: string): AlarmTagView {
    const { event, type, id } = readTag(tag);
    const directory = this.directory.current;
    const device = type === 'device' ? directory.device(id) : undefined;
    return {
      event,
      title: this.title(estate, event, id),
      subject: { type, id },
      place: device ? directory.placeOfDevice(device) : directory.placeOfSubject({ type, id }),
    };
  }

  /** An event that the estate has configured is told by the rule of a device that has it. */
  private title(estate: string, event: EventName, id?: string): Names {
    const directory = this.directory.current;
    const own = id === undefined ? undefined : directory.device(id);
    const device =
      own ?? directory.devicesOfEstate(estate).find((d) => d.attributes.rules?.some((r) => r.event === event));
    const definition = definitionFor(event, device) as { title: Names } | undefined;
    return definition?.title ?? { zh: event, en: event };
  }
}
