import type { Procedure } from '../procedure.js';
import { step } from './step.js';

/** Source: butlers' handbook, "Person may need help (no water used)". */
export const WELFARE: Procedure = {
  id: 'welfare',
  version: 1,
  shape: 'plain',
  title: { zh: '独居老人关怀', en: 'A person may need help' },
  steps: [
    step('phone', '先致电住户本人', 'Telephone the person first', 'butler', 600, true, 'note', {
      skip: [{ zh: '没有电话号码', en: 'No number is known' }],
    }),
    step('contact', '联系紧急联系人', 'Then the emergency contact', 'butler', 1200, true, 'name', {
      after: ['phone'],
      skip: [
        { zh: '本人已接电话,平安', en: 'The person answered and is well' },
        { zh: '没有紧急联系人', en: 'There is no emergency contact' },
      ],
    }),
    step('visit', '与见证人一同上门敲门', 'Visit, with a witness; knock', 'butler', 1800, true, 'name', {
      after: ['contact'],
      skip: [{ zh: '本人已接电话,平安', en: 'The person answered and is well' }],
    }),
    step(
      'enter',
      '仅经联系人或警方同意方可开门',
      'The door is opened only with the consent of the contact or the police',
      'butler',
      null,
      false,
      'name',
      { after: ['visit'], skip: [{ zh: '本人开门', en: 'The person opened' }] },
    ),
    step(
      'ambulance',
      '需要时拨打120并陪护至救护到达',
      'Call an ambulance (120) if needed, stay until it comes',
      'butler',
      null,
      false,
      'note',
      { skip: [{ zh: '无需救护', en: 'No ambulance is needed' }] },
    ),
    step(
      'record',
      '记录见到本人及其情况',
      'Note that the person was met, and how he or she is',
      'butler',
      null,
      true,
      'note',
      { skip: [{ zh: '本人外出,联系人确认平安', en: 'Away; the contact says that all is well' }] },
    ),
  ],
};
