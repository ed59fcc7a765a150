import type { Procedure } from '../procedure.js';
import { step } from './step.js';

/** Source: butlers' handbook, "Person may need help (no water used)". */
export const WELFARE: Procedure = {
  id: 'welfare',
  version: 1,
  shape: 'plain',
  title: { zh: '独居老人关怀', en: 'A person may need help' },
  steps: [
    step('phone', '先致电住户本人', 'Telephone the person first', 'butler', 600, true, 'note'),
    step('contact', '联系紧急联系人', 'Then the emergency contact', 'butler', 1200, true, 'name'),
    step('visit', '与见证人一同上门敲门', 'Visit, with a witness; knock', 'butler', 1800, true, 'name'),
    step(
      'enter',
      '仅经联系人或警方同意方可开门',
      'The door is opened only with the consent of the contact or the police',
      'butler',
      null,
      false,
      'name',
    ),
    step(
      'ambulance',
      '需要时拨打120并陪护至救护到达',
      'Call an ambulance (120) if needed, stay until it comes',
      'butler',
      null,
      false,
      'note',
    ),
    step(
      'record',
      '记录见到本人及其情况',
      'Note that the person was met, and how he or she is',
      'butler',
      null,
      true,
      'note',
    ),
  ],
};
