import type { Procedure } from '../procedure.js';
import { step } from './step.js';

/** Source: butlers' handbook, "Smoke/fire". The fire brigade comes before everything else. */
export const SMOKE_FIRE: Procedure = {
  id: 'smoke-fire',
  version: 1,
  shape: 'plain',
  title: { zh: '火警处置', en: 'Smoke or fire' },
  steps: [
    step(
      'brigade',
      '见烟见火先拨打119，报清楼栋、楼层与着火物',
      'Smoke or flames: call the fire brigade (119) first; building, floor, what burns',
      'control-room',
      60,
      true,
      'note',
    ),
    step(
      'plan',
      '启动楼栋应急预案，核对探测器位置',
      'Start the building plan; where is the detector',
      'control-room',
      120,
      true,
    ),
    step(
      'lifts',
      '电梯迫降首层，确认轿厢无人',
      'Lifts to fire return; check that nobody is in a car',
      'control-room',
      180,
      true,
    ),
    step(
      'look',
      '两人到场确认，携灭火器，不进浓烟',
      'Two go and look, with an extinguisher; not into thick smoke',
      'security',
      180,
      true,
      'photo',
    ),
    step(
      'evacuate',
      '组织疏散，逐层敲门，清点老人与行动不便者',
      'Evacuate, knock floor by floor, count those who need help',
      'butler',
      300,
      true,
    ),
    step('lane', '清空消防车道，开启道闸', 'Clear the fire lane, open the barriers', 'security', 300, true),
    step(
      'meet',
      '在门口迎接消防员，说明位置、被困人员、水源',
      'Meet the brigade at the gate: where, who is inside, where the water is',
      'security',
      null,
      true,
    ),
    step(
      'panel',
      '现场确认安全后复位消防主机',
      'Reset the panel once the place is found safe',
      'control-room',
      null,
      true,
      'name',
    ),
    step(
      'after',
      '保护现场，登记受损，安抚住户',
      'Guard the place, list the damage, look after residents',
      'butler',
      null,
      false,
      'note',
    ),
  ],
};

/** Source: butlers' handbook, "E-bike in the car". Its battery burns in a closed car within seconds. */
export const EBIKE: Procedure = {
  id: 'ebike-in-car',
  version: 1,
  shape: 'plain',
  title: { zh: '电动车进轿厢处置', en: 'E-bike in the car' },
  steps: [
    step('announce', '轿厢广播劝离，保持开门', 'Announce in the car, keep its door open', 'control-room', 60, true),
    step('talk', '到场劝导骑行人推出', 'Go there, talk to the rider, see it pushed out', 'security', 300, true, 'name'),
    step(
      'visit',
      '再犯：与社区一同上门',
      'Again the same: visit with the community office',
      'butler',
      null,
      false,
      'note',
    ),
    step('police', '拒不配合：拨打110', 'Refusal: call the police (110)', 'control-room', null, false, 'note'),
  ],
};
