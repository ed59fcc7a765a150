const LEVEL =
  'MQTT 3.1.1 [MQTT-3.1.2-2] asks for CONNACK 0x01 (unacceptable protocol level) in its own form; the data expects the form of MQTT 5 (0x84), which a client of an older level cannot read';

/** Where the embedded broker does on purpose what the data does not expect. Kept by hand; the runner checks it. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'CONNECT | v3.1 CONNECT | 10 proto ver 2': LEVEL,
  'CONNECT | v3.1 CONNECT | 10 proto ver 6': LEVEL,
  'CONNECT | v3.1.1 CONNECT | 10 proto ver 2 [MQTT-3.1.2-2]': LEVEL,
  'CONNECT | v3.1.1 CONNECT | 10 proto ver 6 [MQTT-3.1.2-2]': LEVEL,
};
