import type { Procedure } from '../procedure.js';

/** Source: butlers' handbook, "Lift entrapment" (docs/domain.md, "Procedures"). Only trained staff open a car. */
export const LIFT_ENTRAPMENT: Procedure = {
  id: 'lift-entrapment',
  version: 1,
  shape: 'rescue',
  title: { zh: '电梯困人', en: 'Lift entrapment' },
  steps: [
    {
      key: 'calm',
      title: {
        zh: '开监控与对讲,安抚乘客:已派人救援,请勿扒门',
        en: 'Open CCTV and intercom; calm the passengers: help is coming, do not force the door',
      },
      role: 'control-room',
      limitS: 60,
      required: true,
      evidence: null,
    },
    {
      key: 'ask',
      title: { zh: '询问人数、身体状况、所在楼层', en: 'Ask how many, their health, which floor' },
      role: 'control-room',
      limitS: 120,
      required: true,
      evidence: 'note',
    },
    {
      key: 'dispatch',
      title: { zh: '确认维保与巡逻岗已出发', en: 'Confirm that contractor and patrol are on their way' },
      role: 'control-room',
      limitS: 180,
      required: true,
      evidence: null,
    },
    {
      key: 'landing',
      title: {
        zh: '到达厅门,保持通话,请围观者离开厅门',
        en: 'Go to the landing, stay in contact, keep people away from the door',
      },
      role: 'butler',
      limitS: 300,
      required: true,
      evidence: null,
    },
    {
      key: 'release',
      title: {
        zh: '仅由维保或持证人员开门救出乘客',
        en: 'Contractor or trained staff only open the car and release the passengers',
      },
      role: 'contractor',
      limitS: 1800,
      required: true,
      evidence: 'photo',
    },
    {
      key: 'health',
      title: {
        zh: '询问身体与需要,必要时叫救护车,留联系方式',
        en: 'Ask about health and needs, call an ambulance if asked, take contact details',
      },
      role: 'butler',
      limitS: null,
      required: true,
      evidence: 'name',
    },
    {
      key: 'examine',
      title: { zh: '维保检查合格后方可恢复运行', en: 'Contractor examines the lift before it returns to service' },
      role: 'contractor',
      limitS: null,
      required: true,
      evidence: 'note',
    },
    {
      key: 'visit',
      title: {
        zh: '当日上门致歉慰问,告知报警亲属',
        en: 'Visit the trapped persons the same day with an apology; tell the relative who reported',
      },
      role: 'butler',
      limitS: null,
      required: false,
      evidence: 'note',
    },
    {
      key: 'notice',
      title: {
        zh: '张贴原因与维修计划通知,讲解报警按钮用法',
        en: 'Notice to residents of cause and repair plan; show how to use the alarm button',
      },
      role: 'control-room',
      limitS: null,
      required: false,
      evidence: 'photo',
    },
  ],
};
