import { parameter } from '../parameter.js';

const KEY = 'meter.no-use-welfare';
const DOMAIN = 'event catalogue (docs/domain.md), meter.no-use-welfare';

export const USE_L = parameter({
  key: `${KEY}.useL`,
  default: 10,
  unit: 'L',
  min: 1,
  max: 100,
  about: { zh: '扣除恒定滴漏后用水少于', en: 'less use than this beyond the constant drip' },
  source: 'tune',
});
export const WAKING_H = parameter({
  key: `${KEY}.wakingH`,
  default: 12,
  unit: 'h',
  min: 4,
  max: 24,
  whole: true,
  about: { zh: '连续多少个清醒小时', en: 'in so many waking hours' },
  source: 'tune',
});
export const WAKES_AT = parameter({
  key: `${KEY}.wakesAtH`,
  default: 7,
  unit: 'h',
  min: 3,
  max: 11,
  whole: true,
  about: { zh: '几点起床', en: 'waking hours begin at' },
  source: 'tune',
});
export const SLEEPS_AT = parameter({
  key: `${KEY}.sleepsAtH`,
  default: 22,
  unit: 'h',
  min: 17,
  max: 24,
  whole: true,
  about: { zh: '几点就寝', en: 'waking hours end at' },
  source: 'tune',
});
export const DRIP_MAX = parameter({
  key: `${KEY}.dripMaxLph`,
  default: 60,
  unit: 'L/h',
  min: 0,
  max: 1000,
  about: { zh: '恒定滴漏最多按此流量扣除', en: 'a constant flow counts as a drip up to this' },
  source: 'tune: a running cistern; more than that is another alarm',
});
export const REAL_SHARE = parameter({
  key: `${KEY}.realShare`,
  default: 0.8,
  unit: 'share',
  min: 0.5,
  max: 1,
  about: { zh: '应到读数中真实读数的比例', en: 'share of the expected reads that must be real' },
  source: DOMAIN,
});
export const P2_AFTER_MIN = parameter({
  key: `${KEY}.p2AfterMin`,
  default: 30,
  unit: 'min',
  min: 5,
  max: 240,
  about: { zh: '多久后升为 P2', en: 'P2 after so long' },
  source: DOMAIN,
});
export const P1_AFTER_MIN = parameter({
  key: `${KEY}.p1AfterMin`,
  default: 120,
  unit: 'min',
  min: 10,
  max: 480,
  about: { zh: '多久后升为 P1', en: 'P1 after so long' },
  source: DOMAIN,
});

export const NO_USE_PARAMETERS = [
  USE_L,
  WAKING_H,
  WAKES_AT,
  SLEEPS_AT,
  DRIP_MAX,
  REAL_SHARE,
  P2_AFTER_MIN,
  P1_AFTER_MIN,
];
