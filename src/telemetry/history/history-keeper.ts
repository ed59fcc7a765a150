/** Who takes readings from the landing table to where they stay. */
export interface HistoryKeeper {
  /** Begins its rounds; comes back at once. */
  start(): Promise<void>;
  /** Ends the step under way, then all of it. */
  stop(): Promise<void>;
}
