const PATTERNS: Record<string, number[]> = { P1: [400, 150, 400, 150, 800], P2: [400] };

/** Shakes the phone with each ringing, where the device can. */
export const vibrate = (priority: string): void => {
  const pattern = PATTERNS[priority];
  if (pattern && 'vibrate' in navigator) navigator.vibrate(pattern);
};
