import type { TrueLeak } from '../datasets/network-series.js';

export interface EdgeScore {
  readonly found: readonly { readonly leak: string; readonly delayS: number }[];
  readonly missed: readonly string[];
  /** Edges outside every leak. */
  readonly falseEdges: number;
  readonly edges: number;
}

/**
 * Only rising edges count, one credit a leak: an edge inside leaks credits, of those without a credit, the one that
 * began last (the likely news); an edge outside every leak is false. An alarm that is always on has one edge.
 */
export function scoreEdges(leaks: readonly TrueLeak[], edges: readonly number[]): EdgeScore {
  const credited = new Map<string, number>();
  let falseEdges = 0;
  for (const at of [...edges].sort((a, b) => a - b)) {
    const active = leaks.filter((l) => l.from <= at && at <= l.to);
    if (active.length === 0) falseEdges++;
    const news = active.filter((l) => !credited.has(l.id)).sort((a, b) => b.from - a.from)[0];
    if (news) credited.set(news.id, (at - news.from) / 1000);
  }
  return {
    found: [...credited].map(([leak, delayS]) => ({ leak, delayS })),
    missed: leaks.filter((l) => !credited.has(l.id)).map((l) => l.id),
    falseEdges,
    edges: edges.length,
  };
}
