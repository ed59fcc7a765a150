import { afterAll, afterEach, beforeAll, describe, it, expect, jest } from '@jest/globals';
import { POLICY_CASES, type ExpectedSlot } from './policy-cases.js';
import { storyWorld, type StoryWorld } from './story-world.js';
import { Story } from './story.js';

jest.setTimeout(120_000);

let world: StoryWorld;
let story: Story;
beforeAll(async () => {
  world = await storyWorld();
});
afterAll(() => world.end());
afterEach(() => story.end());

/** What has been paged in a slot, as the table writes it: `0 wang.qiang+zhou.tao`. */
async function pagedIn(slot: ExpectedSlot): Promise<string[]> {
  const byLevel = new Map<number, string[]>();
  for (const p of await story.pages())
    if (p.slot === slot.slot) byLevel.set(p.level, [...(byLevel.get(p.level) ?? []), p.person]);
  return [...byLevel].sort(([a], [b]) => a - b).map(([no, people]) => `${no} ${people.sort().join('+')}`);
}
const wanted = (slot: ExpectedSlot, count: number): string[] =>
  slot.levels.slice(0, count).map(([, people], no) => `${no} ${[...people].sort().join('+')}`);

describe.each(POLICY_CASES)('$policy', ({ begin, slots }) => {
  /** Steady ms of the ticket's opening. */
  let openedAt = 0;
  const responder = slots.find((s) => s.slot === 'responder') as ExpectedSlot;
  const first = responder.levels[0]?.[1] ?? [];
  const [secondS, second] = responder.levels[1] as ExpectedSlot['levels'][number];
  const at = (slot: ExpectedSlot, s: number): number => openedAt + (slot.opens + s) * 1000;

  async function begins(before?: string): Promise<void> {
    story = await Story.begin(world, before);
    await begin(story);
    openedAt = (await story.ticket()).opened_at.getTime();
    expect(openedAt).toBe(story.clock.now());
  }

  it('nobody accepts: each level of each slot at its time and not a millisecond before, the control room last', async () => {
    await begins();
    const times = slots.flatMap((s) => s.levels.map(([afterS]) => at(s, afterS)));
    for (const time of [...new Set(times)].sort((a, b) => a - b)) {
      for (const now of [time - 1, time]) {
        if (now < openedAt) continue;
        await story.advanceTo(now);
        for (const s of slots) {
          const due = s.levels.filter(([afterS]) => at(s, afterS) <= now).length;
          expect({ s: (now - openedAt) / 1000, slot: s.slot, paged: await pagedIn(s) }).toEqual({
            ...{ s: (now - openedAt) / 1000, slot: s.slot, paged: wanted(s, due) },
          });
        }
      }
    }
    await story.expectTickets(1);
  });

  it('the first decline: the next level at once when the last of them has, and no other slot is touched', async () => {
    await begins();
    await story.advanceTo(at(responder, 5));
    const others = async () => (await story.paged()).filter((p) => !p.includes(' responder ')).length;
    const before = await others();
    for (const [i, who] of first.entries()) {
      await story.declines(who);
      if (i < first.length - 1) expect(await pagedIn(responder)).toEqual(wanted(responder, 1));
    }
    expect(await pagedIn(responder)).toEqual(wanted(responder, 2));
    expect(await others()).toBe(before);
    await story.advanceTo(at(responder, secondS + 1));
    await story.expectJournal('paged', { slot: 'responder', level: 1 }, 1);
  });

  it('an accept 1 ms before the next level is due: it is never paged; 1 ms after: it is recalled', async () => {
    await begins();
    const [who = ''] = first;
    await story.advanceTo(at(responder, secondS) - 1);
    await story.accepts(who, 'responder');
    await story.advanceTo(at(responder, secondS + 5));
    for (const p of second) await story.expectNotPaged(p, 'responder');
    expect(await pagedIn(responder)).toEqual(wanted(responder, 1));
    await story.end();

    await begins();
    await story.advanceTo(at(responder, secondS) + 1);
    await story.accepts(who, 'responder');
    for (const p of second) {
      await story.expectPage(p, { slot: 'responder', level: 1, state: 'recalled', reason: `taken by ${who}` });
      expect(story.phone(p).ringing.filter((x) => x.slot === 'responder')).toEqual([]);
    }
    await story.advanceTo(at(responder, secondS + 65));
    expect(await pagedIn(responder)).toEqual(wanted(responder, 2));
  });

  it('everyone is offline: a level every 10 s, then the control room, and whoever comes back sees what still rings', async () => {
    story = await Story.begin(world);
    story.everybodyIsOffline();
    await begin(story);
    openedAt = (await story.ticket()).opened_at.getTime();
    for (const [no] of responder.levels.entries()) {
      if (no > 0) {
        await story.advanceTo(at(responder, no * 10) - 1);
        expect(await pagedIn(responder)).toEqual(wanted(responder, no));
      }
      await story.advanceTo(at(responder, no * 10));
      expect(await pagedIn(responder)).toEqual(wanted(responder, no + 1));
    }
    const [who = ''] = first;
    await story.comesOnline(who);
    await story.expectPage(who, { slot: 'responder', level: 0, state: 'delivered' });
    await story.accepts(who, 'responder');
    await story.comesOnline('gao.feng');
    expect(story.phone('gao.feng').ringing).toEqual([]);
  });

  it('an empty level: the one after it in its place, with the reason', async () => {
    await begins(`delete from roster_entry where role = 'supervisor' or role = 'butler' and duty = 'backup'`);
    await story.advanceTo(at(responder, secondS) - 1);
    expect(await pagedIn(responder)).toEqual(wanted(responder, 1));
    await story.advanceTo(at(responder, secondS));
    const after = responder.levels[2]?.[1] ?? [];
    for (const who of after) await story.expectPage(who, { slot: 'responder', level: 2 });
    const [line] = await story.expectJournal(
      'level-skipped',
      { slot: 'responder', level: 1, reason: 'nobody on duty' },
      1,
    );
    expect(line?.payload['missing']).toEqual(expect.arrayContaining([expect.stringContaining('supervisor on duty')]));
    const told = [...(await story.journal('paged')), ...(await story.journal('last-resort'))];
    expect(told.map((j) => String(j.payload['because'])).join()).toContain('the level below was skipped');
  });
});
