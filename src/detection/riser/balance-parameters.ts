import { parameter } from '../parameter.js';

const tune = 'tune (docs/adr/0011-leaks-on-networks.md)';

export const NIGHT_SHARE = parameter({
  ...{ key: 'riser.balance.nightShare', default: 0.2, unit: 'share', min: 0.05, max: 2 },
  about: {
    zh: '夜间最小流量高于最近十个正常夜最低值的比例',
    en: 'Night flow (02:00–04:00) above the lowest of the last ten unflagged nights by this share',
  },
  source: 'LeakDB, MNF baseline (Vrachimis et al. 2018)',
});
export const NIGHT_HOLD = parameter({
  ...{ key: 'riser.balance.nightHold', default: 2, unit: 'count', min: 1, max: 7, whole: true },
  about: { zh: '夜间流量连续超限的夜数', en: 'Nights in a row above the limit before it is raised' },
  source: tune,
});
export const NIGHT_DEVIATIONS = parameter({
  ...{ key: 'riser.balance.nightDeviations', default: 4, unit: 'count', min: 0, max: 10 },
  about: {
    zh: '还须超出最近十夜平均值的标准差倍数',
    en: 'It must also be this many deviations of the last ten nights above their mean',
  },
  source: tune,
});
export const FLOOR_LPH = parameter({
  ...{ key: 'riser.balance.floorLph', default: 20, unit: 'L/h', min: 1, max: 100_000 },
  about: { zh: '低于此流量的差额不报警', en: 'A difference below this is nobody’s business' },
  source: tune,
});
export const LOSS_SHARE = parameter({
  ...{ key: 'riser.balance.lossShare', default: 0.1, unit: 'share', min: 0.01, max: 1 },
  about: {
    zh: '总表与分表之差占总表用量的比例',
    en: 'Parent less children, as a share of the parent, that three nights must exceed',
  },
  source: `${tune}: two meters of class 2 may differ by 4 %`,
});
export const LOSS_NIGHTS = parameter({
  ...{ key: 'riser.balance.lossNights', default: 3, unit: 'count', min: 1, max: 14, whole: true },
  about: { zh: '总分表差连续超限的夜数', en: 'Nights in a row that the balance must be out' },
  source: 'docs/domain.md, event catalogue',
});
export const READ_SHARE = parameter({
  ...{ key: 'riser.balance.readShare', default: 0.95, unit: 'share', min: 0.5, max: 1 },
  about: { zh: '须有读数的分表比例', en: 'Share of the children that must have been read' },
  source: 'docs/domain.md, event catalogue',
});
export const EXTRA_LIMIT = parameter({
  ...{ key: 'riser.balance.extraLimit', default: 10, unit: 'count', min: 3, max: 50 },
  about: {
    zh: '无需求解释的流量累积到多少个日标准差时报警',
    en: 'Unexplained flow adds up (CUSUM, slack 0.5) to this many deviations of a day before it is raised',
  },
  source: tune,
});
export const BURST_SHARE = parameter({
  ...{ key: 'pipe.burst.flowShare', default: 0.07, unit: 'share', min: 0.01, max: 2 },
  about: {
    zh: '管网突增流量占平均流量的比例',
    en: 'Sudden flow above what the hour expects, as a share of the mean flow',
  },
  source: tune,
});
export const BURST_DEVIATIONS = parameter({
  ...{ key: 'pipe.burst.flowDeviations', default: 6, unit: 'count', min: 2, max: 20 },
  about: { zh: '突增流量须超出的标准差倍数', en: 'Deviations of its own that a sudden flow must exceed' },
  source: tune,
});
export const BURST_HOLD_MIN = parameter({
  ...{ key: 'pipe.burst.flowHoldMin', default: 10, unit: 'min', min: 1, max: 240 },
  about: { zh: '突增流量须持续的时间', en: 'How long a sudden flow must last' },
  source: tune,
});

export const BALANCE_PARAMETERS = [
  NIGHT_SHARE,
  NIGHT_HOLD,
  NIGHT_DEVIATIONS,
  FLOOR_LPH,
  LOSS_SHARE,
  LOSS_NIGHTS,
  READ_SHARE,
  EXTRA_LIMIT,
  BURST_SHARE,
  BURST_DEVIATIONS,
  BURST_HOLD_MIN,
] as const;
