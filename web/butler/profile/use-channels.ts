import { useCallback, useEffect, useState } from 'react';
import type { ChannelsView } from '../../../src/gateway/channel-views.js';
import type { ApiClient, ChannelsChange } from '../../shared/api-client.js';
import { OfflineError } from '../../shared/api-error.js';

/** How a change went; `why` as the service says it, null = it could not be reached. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly why: string | null };

export interface Channels {
  readonly view: ChannelsView | null;
  readonly outcome: Outcome | null;
  readonly reload: () => Promise<void>;
  readonly change: (change: ChannelsChange) => Promise<boolean>;
  readonly attempt: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** The person's channels as the service has them; nothing is shown as saved that is not. */
export function useChannels(api: ApiClient): Channels {
  const [view, setView] = useState<ChannelsView | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const attempt = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      setOutcome({ ok: true });
      return true;
    } catch (error) {
      setOutcome({ ok: false, why: error instanceof OfflineError ? null : (error as Error).message });
      return false;
    }
  }, []);
  const reload = useCallback(async () => setView(await api.channels()), [api]);
  const change = useCallback(
    (c: ChannelsChange) => attempt(async () => setView(await api.changeChannels(c))),
    [api, attempt],
  );
  useEffect(() => {
    reload().catch(() => setOutcome({ ok: false, why: null }));
  }, [reload]);
  return { view, outcome, reload, change, attempt };
}
