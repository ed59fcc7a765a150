import type { Names } from '../../gateway/views.js';

const names = (zh: string, en: string): Names => ({ zh, en });

/** Times are those of the estate's clocks. */
export const TICKET_COLUMNS: readonly Names[] = [
  names('工单号', 'ticket'),
  names('小区', 'estate'),
  names('位置', 'place'),
  names('事件', 'event'),
  names('事件代码', 'event key'),
  names('级别', 'priority'),
  names('状态', 'state'),
  names('演练', 'drill'),
  names('开单', 'opened'),
  names('接单', 'accepted'),
  names('首人到场', 'first on the spot'),
  names('救出', 'released'),
  names('结束', 'over'),
  names('结束原因', 'why it ended'),
  names('处置人', 'responder'),
  names('维保', 'rescuer'),
  names('协调', 'coordinator'),
];
export const ALARM_COLUMNS: readonly Names[] = [
  names('小区', 'estate'),
  names('位置', 'place'),
  names('事件', 'event'),
  names('事件代码', 'event key'),
  names('级别', 'priority'),
  names('状态', 'state'),
  names('次数', 'occurrence'),
  names('产生', 'raised'),
  names('恢复', 'cleared'),
  names('确认', 'acknowledged'),
  names('确认人', 'acknowledged by'),
  names('结束', 'ended'),
  names('结束方式', 'ended how'),
  names('原因', 'reason'),
  names('工单号', 'ticket'),
];
