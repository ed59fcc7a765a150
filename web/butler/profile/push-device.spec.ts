import { describe, expect, it } from '@jest/globals';
import { deviceLabel } from './push-device.js';

describe('the name of a device', () => {
  it.each([
    [
      'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36',
      'Android Chrome',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1',
      'iPhone Safari',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Gecko Firefox/140.0', 'Mac Firefox'],
    ['curl/8', 'Browser'],
  ])('%s', (agent, label) => {
    // Linux is named before Android where both stand: the phone is what a person knows.
    expect(deviceLabel(agent)).toBe(label);
  });
});
