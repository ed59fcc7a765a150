import type { Device } from '../../estate/device.js';
import type { Fitness } from '../detector.js';
import { reportsDoorEvents } from './car-memory.js';
import { declares, notes, WITHOUT_SPEED, WITHOUT_ZONE } from './lift-fitness.js';

/** The rule never switches itself off; this is what it does without (domain §4 "Lifts"). */
export const entrapmentFitness = (d: Device, stuck: boolean): Fitness =>
  notes(
    !declares(d, 'speedMps') && WITHOUT_SPEED,
    !declares(d, 'doorZone') && WITHOUT_ZONE,
    !declares(d, 'peopleInCar', 'peopleCount') && {
      zh: '无人感：平层需载荷、内呼或报警按钮；门区外由“门区外停梯”以 P1 处理',
      en: 'no presence sensor: at a landing it takes load, a call or the button; between floors the standstill rule is P1',
    },
    !declares(d, 'door') && { zh: '无门状态：看不到开门', en: 'no door state: openings are not seen' },
    !reportsDoorEvents(d) && {
      zh: '轮询设备：平层有人记忆仅短时有效',
      en: 'polled: a sighting at a landing counts only for a while',
    },
    stuck && {
      zh: '人感疑似卡死：修复前需第二个迹象',
      en: 'the presence sensor seems stuck: a second sign is needed until it is repaired',
    },
  );
