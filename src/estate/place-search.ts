import { setImmediate as turn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { PlaceHitView } from '../gateway/by-hand-views.js';
import { DirectoryHolder } from './directory-holder.js';
import { PlaceIndex } from './place-index.js';

/** The index of the newest directory: prepared at its first question and whenever the directory is another. */
@Injectable()
export class PlaceSearch {
  private readonly log = new Logger(PlaceSearch.name);
  private index: PlaceIndex | null = null;
  private building: Promise<PlaceIndex> | null = null;

  constructor(private readonly directory: DirectoryHolder) {
    // Nobody has asked yet: a service that nobody searches prepares nothing.
    directory.onReplaced(() => {
      if (this.index) this.fresh().catch((e: Error) => this.log.error(`places cannot be searched anew: ${e.message}`));
    });
  }

  async search(query: string, estates: readonly string[]): Promise<PlaceHitView[]> {
    // While a newer one is prepared the old one answers: a name that changed a moment ago may wait.
    const index = this.index ?? (await this.fresh());
    return index.search(query, estates);
  }

  /** One at a time; what changed meanwhile is taken in by another turn. */
  private fresh(): Promise<PlaceIndex> {
    this.building ??= this.build().finally(() => {
      this.building = null;
    });
    return this.building;
  }

  private async build(): Promise<PlaceIndex> {
    for (;;) {
      const { current } = this.directory;
      this.index = await PlaceIndex.of(current, () => turn(), this.index);
      if (current === this.directory.current) return this.index;
    }
  }
}
