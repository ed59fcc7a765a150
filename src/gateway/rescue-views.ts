import type { Names } from './views.js';

/** A number that the control room calls outside the estate's own staff. */
export interface EstateContactView {
  id: string;
  kind: 'district-station' | 'fire' | 'police' | 'ambulance' | 'lift-hotline';
  name: Names;
  phone: string;
}
