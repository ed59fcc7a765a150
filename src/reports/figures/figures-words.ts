import type { Names } from '../../gateway/views.js';
import type { GroupKey, Measure } from './monthly-figures.js';

export const MEASURE_TITLES: Readonly<Record<Measure, Names>> = {
  accept: { zh: '接单', en: 'Accepted' },
  arrive: { zh: '首人到场', en: 'First on the spot' },
  'rescuer-arrive': { zh: '维保到场', en: 'Contractor on the spot' },
  release: { zh: '人员救出', en: 'People released' },
  contain: { zh: '险情控制', en: 'Under control' },
};
export const GROUP_TITLES: Readonly<Record<GroupKey, Names>> = {
  P1: { zh: 'P1 危险', en: 'P1 danger' },
  P2: { zh: 'P2 损失', en: 'P2 damage' },
  P3: { zh: 'P3 故障', en: 'P3 fault' },
  entrapment: { zh: '其中:电梯救援', en: 'of these: lift rescues' },
};
export const MEASURES = Object.keys(MEASURE_TITLES) as Measure[];
