/** So many a second, with a burst; may be overdrawn, which is paid for by waiting. */
export class TokenBucket {
  private tokens: number;
  private at: number;

  /** @param now ms of any steady clock, the same one in each call */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.tokens = burst;
    this.at = now;
  }

  /** Takes `n` in any case. @returns ms until nothing is owed, 0 = at once */
  take(n: number, now: number): number {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.perSecond) - n;
    this.at = now;
    return this.tokens >= 0 ? 0 : (-this.tokens / this.perSecond) * 1000;
  }

  /** Takes `n` only when they are there. */
  tryTake(n: number, now: number): boolean {
    if (this.take(n, now) === 0) return true;
    this.tokens += n;
    return false;
  }

  isFull(now: number): boolean {
    return this.tokens + ((now - this.at) / 1000) * this.perSecond >= this.burst;
  }
}
