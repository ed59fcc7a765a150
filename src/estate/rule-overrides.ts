/** From the widest to the most specific, which wins. */
export const OVERRIDE_SCOPES = ['organisation', 'estate', 'building', 'device'] as const;
export type OverrideScope = (typeof OVERRIDE_SCOPES)[number];

/** A threshold that somebody has set otherwise than its default. */
export interface RuleOverride {
  readonly scope: OverrideScope;
  readonly scopeId: string;
  readonly key: string;
  readonly value: number;
  /** User name. */
  readonly by: string;
  /** Ms since the epoch. */
  readonly at: number;
  readonly reason: string;
}

/** Where a rule runs; null = not in any, or the rule is over more than that. */
export interface RulePlace {
  readonly organisation: string | null;
  readonly estate: string;
  readonly building: string | null;
  readonly device: string | null;
}

const NONE: Readonly<Record<string, number>> = Object.freeze({});

/** All overrides, and what they come to at a place. */
export class RuleOverrides {
  private readonly byScope = new Map<string, RuleOverride[]>();
  /** By building or estate: thousands of devices share what holds at their place. */
  private readonly shared = new Map<string, Readonly<Record<string, number>>>();

  constructor(readonly all: readonly RuleOverride[] = []) {
    for (const o of all) {
      const key = `${o.scope}:${o.scopeId}`;
      const known = this.byScope.get(key);
      if (known) known.push(o);
      else this.byScope.set(key, [o]);
    }
  }

  /** Values by key; what is not in it is at its default. */
  at(place: RulePlace): Readonly<Record<string, number>> {
    const key = `${place.organisation} ${place.estate} ${place.building}`;
    let shared = this.shared.get(key);
    if (!shared) this.shared.set(key, (shared = valuesOf(this.chain({ ...place, device: null }))));
    const own = place.device === null ? undefined : this.byScope.get(`device:${place.device}`);
    return own ? Object.freeze({ ...shared, ...valuesOf(own) }) : shared;
  }

  /** The one that holds at a place; undefined = the default does. */
  holding(key: string, place: RulePlace): RuleOverride | undefined {
    return this.chain(place).findLast((o) => o.key === key);
  }

  private chain(place: RulePlace): RuleOverride[] {
    return OVERRIDE_SCOPES.flatMap((scope) => {
      const id = place[scope];
      return id === null ? [] : (this.byScope.get(`${scope}:${id}`) ?? []);
    });
  }
}

const valuesOf = (list: readonly RuleOverride[]): Readonly<Record<string, number>> =>
  list.length === 0 ? NONE : Object.freeze(Object.fromEntries(list.map((o) => [o.key, o.value])));
