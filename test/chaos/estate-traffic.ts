import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../simulators/random.js';
import type { ChaosEstate } from './chaos-estate.js';
import type { StaffPhones } from './staff-phones.js';
import { TellingDevice, type Told } from './telling-device.js';

/** People trapped in a lift: `first` is the first reading that said so. */
export interface Trap {
  readonly lift: string;
  readonly first: Told;
}

const IN_FLIGHT = 40;
const STREAM_PAUSE_MS = 120;
const LIFT_SAYS_EVERY_MS = 3000;
const DURESS_EVERY_MS = 6000;
const BURST_DURESS = 2;
const BUTLER = 'ch-butler';

const lift = (more: object) => ({
  mode: 'normal',
  floor: 3,
  direction: 'none',
  speedMps: 0,
  alarmButton: false,
  mainsPower: true,
  safetyCircuitClosed: true,
  ...more,
});
export const BOARDING = lift({ doorZone: true, door: 'open', peopleInCar: true });
export const TRAPPED = lift({ doorZone: false, door: 'closed', peopleInCar: true });

/** What goes on in the estate while it is being killed: readings, entrapments, duress, and a butler who accepts some. */
export class EstateTraffic {
  readonly traps: Trap[] = [];
  /** By gate. */
  readonly duress = new Map<string, Told>();
  /** Tickets whose acceptance by the butler was answered with 200, and when that answer came. */
  readonly accepted = new Map<string, number>();
  readonly devices: TellingDevice[];
  private readonly lifts: TellingDevice[];
  private readonly gates: TellingDevice[];
  private readonly pipes: TellingDevice[];
  private readonly random: Random;
  private readonly playing: Promise<void>[] = [];
  private nextGate = 0;
  private trapping = true;
  private going = true;

  constructor(
    estate: ChaosEstate,
    broker: string,
    private readonly phones: StaffPhones,
    private readonly settings: { seed: number; trapEveryMs: number },
  ) {
    const telling = (d: ChaosEstate['lifts'][number]) => new TellingDevice(d, broker);
    this.lifts = estate.lifts.map(telling);
    this.gates = estate.gates.map(telling);
    this.pipes = estate.pipes.map(telling);
    this.devices = [...this.lifts, ...this.gates, ...this.pipes];
    this.random = Random.for(settings.seed, 'traffic');
  }

  async start(): Promise<void> {
    for (const d of this.devices) d.connect();
    await Promise.all(this.devices.map((d) => d.online()));
    for (let i = 0; i < IN_FLIGHT; i++) this.play(this.stream());
    for (const part of [this.trapOneAfterAnother(), this.duressNowAndThen(), this.acceptSome()]) this.play(part);
  }

  /** Forty readings in one connection and two P1 at once: what a kill meets between a commit and its PUBACKs. */
  burst(): void {
    const pipe = this.pipes[1];
    if (pipe) for (let i = 0; i < IN_FLIGHT; i++) this.play(this.pressure(pipe));
    for (let i = 0; i < BURST_DURESS; i++) this.play(this.duressAtNextGate());
  }

  /** No further lift traps anybody; those that have go on saying so. */
  stopTrapping(): void {
    this.trapping = false;
  }

  /** Ends it; resolves when everything that was ever said is acknowledged. */
  async finish(): Promise<void> {
    this.stopTrapping();
    this.going = false;
    await Promise.all(this.playing);
    await Promise.all(this.devices.map((d) => d.settled()));
  }

  async close(): Promise<void> {
    this.stopTrapping();
    this.going = false;
    await Promise.all(this.devices.map((d) => d.close()));
    await Promise.allSettled(this.playing);
  }

  /** What fails here fails in `finish`. */
  private play(part: Promise<void>): void {
    part.catch(() => undefined);
    this.playing.push(part);
  }

  private async pressure(pipe: TellingDevice): Promise<void> {
    await pipe.tell({ pressureMpa: 0.3 + (pipe.told.length % 70) / 1000 });
  }

  private async stream(): Promise<void> {
    const [pipe] = this.pipes;
    while (this.going && pipe) {
      await this.pressure(pipe);
      await sleep(STREAM_PAUSE_MS * (0.5 + this.random.next()));
    }
  }

  private async trapOneAfterAnother(): Promise<void> {
    for (const d of this.lifts) {
      if (!this.trapping) return;
      this.play(this.trap(d));
      await sleep(this.settings.trapEveryMs);
    }
  }

  private async trap(d: TellingDevice): Promise<void> {
    await d.tell(BOARDING);
    const telling = d.tell(TRAPPED);
    const first = d.told.at(-1);
    if (first) this.traps.push({ lift: d.device.id, first });
    await telling;
    while (this.going) {
      await sleep(LIFT_SAYS_EVERY_MS);
      if (this.going) await d.tell(TRAPPED);
    }
  }

  private async duressNowAndThen(): Promise<void> {
    while (this.going) {
      await this.duressAtNextGate();
      await sleep(DURESS_EVERY_MS);
    }
  }

  private async duressAtNextGate(): Promise<void> {
    const gate = this.gates[this.nextGate++];
    if (!gate) return;
    const telling = gate.tell({ access: 'duress' });
    const told = gate.told.at(-1);
    if (told) this.duress.set(gate.device.id, told);
    await telling;
  }

  private async acceptSome(): Promise<void> {
    const looked = new Set<string>();
    while (this.going) {
      await sleep(700);
      const fresh = this.phones.shown.filter((s) => s.person === BUTLER && !looked.has(s.page.ticketId));
      for (const { page } of fresh) {
        looked.add(page.ticketId);
        if (!this.random.chance(0.3)) continue;
        const status = await this.phones.accept(BUTLER, page.ticketId);
        if (status === 200) this.accepted.set(page.ticketId, Date.now());
      }
    }
  }
}
