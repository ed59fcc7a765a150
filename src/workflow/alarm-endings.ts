import { Injectable } from '@nestjs/common';
import type { EventName, Subject } from '../kernel/events.js';

export interface AlarmEnding {
  readonly subject: Subject;
  /** Whose rules have raised it; null = those over a building, a riser or an estate. */
  readonly device: string | null;
  readonly event: EventName;
  /** Steady ms. */
  readonly at: number;
}

/** Tells detection that a person ended an alarm, so that a condition that goes on is a new occurrence (domain §5). */
@Injectable()
export class AlarmEndings {
  private readonly listeners: ((e: AlarmEnding) => void)[] = [];

  onEnded(listener: (e: AlarmEnding) => void): void {
    this.listeners.push(listener);
  }

  tell(ending: AlarmEnding): void {
    for (const l of this.listeners) l(ending);
  }
}
