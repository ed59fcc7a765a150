import type { Device } from '../../estate/device.js';
import type { Fitness } from '../detector.js';
import { parameter } from '../parameter.js';
import { declares, notes } from './lift-fitness.js';

/** With a power loss in the building one missed interval is enough; so much more is jitter. */
export const POWER_LOSS_SLACK = parameter({
  key: 'elevator.silent-with-people.powerSlackS',
  default: 2,
  unit: 's',
  min: 0,
  max: 60,
  about: {
    zh: '楼栋停电时，超过一个上报间隔再等多久',
    en: 'in a power loss: how much more than one interval is silence',
  },
  source: 'tune',
});
/**
 * A car that was running may fall silent because the whole building does, and that is known only when its neighbours
 * are found silent too, which may be an interval later. So much longer than its limit such a car is waited for.
 */
export const COMMS_GRACE = parameter({
  key: 'elevator.silent-with-people.commsGraceS',
  default: 0,
  unit: 's',
  min: 0,
  max: 30,
  about: {
    zh: '运行中失联的轿厢，多等多久以判断是否整楼通信中断',
    en: 'a car that was running: how much longer to wait for word that the whole building is out of contact',
  },
  source: 'tune',
});

/** It never switches itself off; this is what it does without. */
export const silenceFitness = (d: Device): Fitness =>
  notes(
    !declares(d, 'peopleInCar', 'peopleCount') && {
      zh: '无人感：需载荷、内呼或报警按钮才知有人',
      en: 'no presence sensor: only load, a call or the button tell of people',
    },
    !declares(d, 'door') && { zh: '无门状态：看不到开门', en: 'no door state: openings are not seen' },
  );
