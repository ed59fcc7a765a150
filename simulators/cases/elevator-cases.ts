import { keep, say, type CaseDevice, type DetectionCase, type Moment } from './case.js';

const CAPS = [
  ...['mode', 'floor', 'speedMps', 'doorZone', 'door', 'door-events', 'peopleInCar', 'carCalls', 'alarmButton'],
  ...['mainsPower', 'safetyCircuitClosed', 'ebikeInCar', 'pitWater', 'faultCode'],
];
export const lift = (over: Partial<CaseDevice> = {}): CaseDevice => ({
  id: 'car',
  kind: 'elevator',
  everyS: 10,
  caps: CAPS,
  attributes: { terminalFloors: [1, 18] },
  ...over,
});
const PARKED = {
  mode: 'normal',
  floor: 3,
  direction: 'none',
  speedMps: 0,
  doorZone: true,
  door: 'closed',
  peopleInCar: false,
  carCalls: 0,
  alarmButton: false,
  mainsPower: true,
  safetyCircuitClosed: true,
  ebikeInCar: false,
  pitWater: false,
};
export type Car = Readonly<Record<string, unknown>>;
export const car = (over: Car = {}): Car => ({ ...PARKED, ...over });
const OPEN = { door: 'open', safetyCircuitClosed: false };
const RUNS = { doorZone: false, speedMps: 1.5, direction: 'up' };

/** Somebody gets in at 0 s; the door is closed and the car runs at 6 s. */
export const rideBegins = (people: Car = { peopleInCar: true, carCalls: 1 }): Moment[] => [
  say(0, 'car', car({ ...OPEN, ...people })),
  say(4, 'car', car({ door: 'closing', safetyCircuitClosed: false, ...people })),
  say(6, 'car', car(people)),
  say(7, 'car', car({ ...RUNS, ...people })),
  say(9, 'car', car({ ...RUNS, floor: 4, ...people })),
];
/** The door opens at a landing from `t` on, everybody leaves, and it closes 20 s later. */
const letOut = (t: number, over: Car = {}): Moment[] => [
  say(t, 'car', car({ door: 'opening', safetyCircuitClosed: false, floor: 4, peopleInCar: true, ...over })),
  say(t + 2, 'car', car({ ...OPEN, floor: 4, peopleInCar: true, ...over })),
  say(t + 5, 'car', car({ ...OPEN, floor: 4, ...over })),
  say(t + 15, 'car', car({ ...OPEN, floor: 4, ...over })),
  say(t + 20, 'car', car({ floor: 4, ...over })),
];
const people = { peopleInCar: true, carCalls: 1 };
const stuck = { floor: 4, doorZone: false, ...people };

export const ELEVATOR_CASES: readonly DetectionCase[] = [
  {
    event: 'elevator.entrapment-between-floors',
    about: 'two people stand between floors for 30 s; the sensor loses them, the encoder twitches',
    devices: [lift()],
    moments: [
      ...rideBegins(),
      say(12, 'car', car(stuck)),
      say(17, 'car', car({ ...stuck, peopleInCar: false, carCalls: 0 })),
      say(22, 'car', car({ ...stuck, peopleInCar: false, speedMps: 0.2, carCalls: 0 })),
      ...keep('car', 25, 115, 10, car({ ...stuck, peopleInCar: false, carCalls: 0 })),
      ...letOut(120),
    ],
    raised: [42, 43],
    priority: 'P1',
    cleared: [122, 123],
    endedAtS: 150,
    restartAtS: 27,
    twin: {
      about:
        'a technician in the car turned the inspection key before the door closed, and stands between floors for minutes',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ ...OPEN, peopleInCar: true, mode: 'inspection' })),
        say(6, 'car', car({ peopleInCar: true, mode: 'inspection' })),
        ...keep('car', 8, 20, 2, car({ ...RUNS, speedMps: 0.3, peopleInCar: true, mode: 'inspection' })),
        ...keep('car', 22, 600, 10, car({ doorZone: false, peopleInCar: true, mode: 'inspection' })),
        say(610, 'car', car({ floor: 4, peopleInCar: true, mode: 'inspection' })),
        ...letOut(615),
      ],
    },
  },
  {
    event: 'elevator.entrapment-at-level',
    about: 'the door does not open at the landing for 75 s',
    devices: [lift()],
    moments: [...rideBegins(), ...keep('car', 12, 142, 10, car({ floor: 4, ...people })), ...letOut(150)],
    raised: [86.5, 88],
    priority: 'P1',
    cleared: [152, 153],
    endedAtS: 180,
    restartAtS: 50,
    twin: {
      about: 'a cleaner holds the door and steps in and out; later the car parks with its door open',
      devices: [lift()],
      moments: [
        ...rideBegins(),
        say(12, 'car', car({ ...OPEN, floor: 4, ...people })),
        ...keep('car', 20, 600, 20, (t) => car({ ...OPEN, floor: 4, peopleInCar: t % 40 === 0 })),
        ...keep('car', 610, 900, 10, car({ ...OPEN, floor: 4 })),
        ...keep('car', 910, 1200, 10, car({ floor: 4 })),
      ],
    },
  },
  {
    event: 'elevator.alarm-button',
    about: 'somebody holds the button for 5 s',
    devices: [lift()],
    moments: [
      ...rideBegins(),
      ...keep('car', 10, 15, 1, car({ ...RUNS, ...people, alarmButton: true })),
      say(16, 'car', car({ ...RUNS, ...people })),
      ...letOut(25),
    ],
    raised: [12.9, 13.2],
    priority: 'P1',
    cleared: [25.9, 27],
    endedAtS: 45,
    restartAtS: 11,
    twin: {
      about: 'a child at a landing presses it once with the door open, and a passenger brushes it for a second',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ ...OPEN, peopleInCar: true })),
        ...keep('car', 1, 8, 1, car({ ...OPEN, peopleInCar: true, alarmButton: true })),
        say(9, 'car', car({ ...OPEN, peopleInCar: true })),
        say(20, 'car', car(people)),
        say(40, 'car', car({ ...RUNS, ...people, alarmButton: true })),
        say(41, 'car', car({ ...RUNS, ...people })),
        ...letOut(50),
      ],
    },
  },
  {
    event: 'elevator.silent-with-people',
    about: 'a moving car with people falls silent; it comes back and runs',
    devices: [lift()],
    moments: [
      ...rideBegins(),
      say(300, 'car', car({ ...RUNS, floor: 9, ...people })),
      say(302, 'car', car({ ...RUNS, floor: 10, ...people })),
      ...letOut(310),
    ],
    raised: [125, 140],
    priority: 'P1',
    cleared: [300, 302],
    endedAtS: 360,
    restartAtS: 60,
    restartMayDelayS: 60,
    twin: {
      about: 'the people have left before the car falls silent',
      devices: [lift()],
      moments: [...rideBegins(), ...letOut(12), say(45, 'car', car({ floor: 4 }))],
      untilS: 900,
    },
  },
  {
    event: 'elevator.stopped-between-floors',
    about: 'an empty car stands between floors for 60 s',
    devices: [lift()],
    moments: [
      ...keep('car', 0, 20, 10, car()),
      say(22, 'car', car(RUNS)),
      ...keep('car', 30, 130, 10, car({ doorZone: false })),
      ...keep('car', 140, 160, 2, car({ ...RUNS, floor: 4 })),
      say(165, 'car', car({ floor: 4 })),
    ],
    raised: [89.9, 91],
    priority: 'P2',
    cleared: [140, 146],
    restartAtS: 60,
    twin: {
      about: 'a technician parks the car between floors in inspection; the door-zone switch bounces at a landing',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ ...OPEN, mode: 'inspection' })),
        say(5, 'car', car({ mode: 'inspection' })),
        say(8, 'car', car({ ...RUNS, speedMps: 0.3, mode: 'inspection' })),
        ...keep('car', 20, 300, 10, car({ doorZone: false, mode: 'inspection' })),
        say(310, 'car', car({ ...RUNS, speedMps: 0.3, mode: 'inspection' })),
        say(320, 'car', car({ mode: 'inspection' })),
        ...keep('car', 330, 590, 10, (t) => car({ doorZone: t % 30 !== 0 })),
      ],
    },
  },
  {
    event: 'elevator.unintended-movement',
    about: 'the car leaves the landing with its door open',
    devices: [lift()],
    moments: [
      say(0, 'car', car({ ...OPEN, peopleInCar: true })),
      say(5, 'car', car({ ...OPEN, speedMps: 0.3, doorZone: false, peopleInCar: true })),
      say(6, 'car', car({ ...OPEN, speedMps: 0.4, doorZone: false, peopleInCar: true })),
      ...keep('car', 8, 60, 10, car({ ...OPEN, doorZone: false, peopleInCar: true })),
      ...letOut(100),
    ],
    raised: [6, 6.1],
    priority: 'P1',
    endedAtS: 200,
    restartAtS: 5.5,
    twin: {
      about: 'the car relevels with its door open while people get in, and one reading twitches',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ ...OPEN, peopleInCar: true })),
        ...keep('car', 2, 6, 1, car({ ...OPEN, speedMps: 0.06, peopleInCar: true })),
        say(7, 'car', car({ ...OPEN, speedMps: 0.1, doorZone: false, peopleInCar: true })),
        ...keep('car', 8, 20, 2, car({ ...OPEN, peopleInCar: true })),
        ...letOut(30),
      ],
    },
  },
  {
    event: 'elevator.overtravel',
    about: 'the car stands beyond its top landing for 45 s, nobody inside',
    devices: [lift()],
    moments: [
      say(0, 'car', car({ floor: 18 })),
      ...keep('car', 10, 80, 10, car({ floor: 19, doorZone: false })),
      ...keep('car', 100, 140, 10, car({ floor: 18 })),
    ],
    raised: [54.9, 56],
    priority: 'P2',
    endedAtS: 150,
    restartAtS: 30,
    twin: {
      about: 'the floor counter is one too high for half a minute while the car levels at the top',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ floor: 18 })),
        ...keep('car', 10, 40, 10, car({ floor: 19 })),
        ...keep('car', 50, 200, 10, car({ floor: 18 })),
      ],
    },
  },
  {
    event: 'elevator.overspeed',
    about: 'the lift itself tells of overspeed with people aboard',
    devices: [lift()],
    moments: [
      ...rideBegins(),
      say(10, 'car', car({ ...RUNS, ...people, fault: 'overspeed', faultCode: '3' })),
      say(12, 'car', car({ ...RUNS, ...people, fault: 'none' })),
      ...letOut(60),
    ],
    raised: [10, 10.1],
    priority: 'P1',
    endedAtS: 120,
    restartAtS: 8,
    twin: {
      about: 'another vendor’s code 3 is a door that does not open',
      devices: [lift()],
      moments: [
        ...rideBegins(),
        say(10, 'car', car({ ...RUNS, ...people, fault: 'door-open-fault', faultCode: '3' })),
        ...letOut(20, { fault: 'none' }),
      ],
    },
  },
  {
    event: 'elevator.safety-circuit',
    about: 'the chain is open for 5 s with the door closed and the car stopped',
    devices: [lift()],
    moments: [
      ...keep('car', 0, 20, 10, car()),
      ...keep('car', 30, 60, 10, car({ safetyCircuitClosed: false })),
      ...keep('car', 70, 100, 10, car()),
    ],
    raised: [34.9, 36],
    priority: 'P2',
    cleared: [70, 80],
    restartAtS: 32,
    twin: {
      about: 'the door contacts open it at every stop, and a technician opens it in inspection',
      devices: [lift()],
      moments: [
        ...[0, 60, 120].flatMap((t) => [
          say(t, 'car', car(OPEN)),
          say(t + 20, 'car', car({ door: 'closing', safetyCircuitClosed: false })),
          say(t + 23, 'car', car()),
        ]),
        ...keep('car', 200, 400, 10, car({ safetyCircuitClosed: false, mode: 'inspection' })),
        say(410, 'car', car()),
      ],
    },
  },
  {
    event: 'elevator.door-fault',
    about: 'the door stays open for 80 s and more; then the car departs',
    devices: [lift()],
    moments: [
      ...keep('car', 0, 120, 10, car({ ...OPEN })),
      say(125, 'car', car({ door: 'closing', safetyCircuitClosed: false })),
      say(128, 'car', car()),
      ...keep('car', 130, 136, 2, car(RUNS)),
      say(140, 'car', car({ floor: 5 })),
    ],
    raised: [79.9, 81],
    priority: 'P3',
    cleared: [128, 140],
    restartAtS: 45,
    twin: {
      about: 'a fire test: the car waits with its door open in fire return; later people come and go for a minute',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ mode: 'fire-return' })),
        ...keep('car', 5, 605, 10, car({ ...OPEN, mode: 'fire-return', floor: 1 })),
        say(610, 'car', car({ floor: 1, mode: 'fire-return' })),
        say(620, 'car', car({ floor: 1 })),
        ...keep('car', 630, 690, 10, car({ ...OPEN, floor: 1, peopleInCar: true })),
        say(695, 'car', car({ floor: 1 })),
        ...keep('car', 697, 703, 2, car(RUNS)),
        say(705, 'car', car({ floor: 5 })),
      ],
    },
  },
  {
    event: 'elevator.ebike',
    about: 'an e-bike is seen, and still seen once the door has closed',
    devices: [lift()],
    moments: [
      say(0, 'car', car({ ...OPEN, peopleInCar: true })),
      say(5, 'car', car({ ...OPEN, peopleInCar: true, ebikeInCar: true })),
      say(12, 'car', car({ peopleInCar: true, ebikeInCar: true })),
      say(20, 'car', car({ ...RUNS, peopleInCar: true, ebikeInCar: true })),
      say(40, 'car', car({ ...OPEN, floor: 7 })),
      ...keep('car', 50, 500, 10, car({ floor: 7 })),
    ],
    raised: [12, 14],
    priority: 'P2',
    cleared: [339, 352],
    restartAtS: 8,
    twin: {
      about: 'the rider is told and pushes it out before the door closes',
      devices: [lift()],
      moments: [
        say(0, 'car', car({ ...OPEN, peopleInCar: true })),
        ...keep('car', 5, 20, 5, car({ ...OPEN, peopleInCar: true, ebikeInCar: true })),
        say(25, 'car', car({ ...OPEN, peopleInCar: true })),
        ...letOut(40),
      ],
    },
  },
  ...modeCase(
    'elevator.out-of-service',
    'P3',
    { mode: 'stopped' },
    'switched off',
    'the controller restarts within 4 s',
  ),
  ...modeCase('elevator.power-lost', 'P2', { mainsPower: false }, 'without mains', 'a dip of 3 s in the mains'),
  ...modeCase(
    'elevator.pit-water',
    'P2',
    { pitWater: true },
    'with water in the pit',
    'the float bounces while the pit is washed',
  ),
  ...modeCase(
    'elevator.emergency-power',
    'P3',
    { mode: 'emergency-power' },
    'on emergency power',
    'the change-over switch is tried for 4 s',
  ),
  ...modeCase(
    'elevator.earthquake',
    'P2',
    { mode: 'earthquake' },
    'in earthquake mode',
    'a lorry shakes the sensor for 2 s',
  ),
];

/** Events that are a mode or a flag for 5 s, and end with it. */
function modeCase(
  event: DetectionCase['event'],
  priority: 'P2' | 'P3',
  flag: Car,
  what: string,
  twin: string,
): DetectionCase[] {
  return [
    {
      event,
      about: `the lift is ${what} for half a minute`,
      devices: [lift()],
      moments: [
        ...keep('car', 0, 20, 10, car()),
        ...keep('car', 30, 60, 10, car(flag)),
        ...keep('car', 70, 120, 10, car()),
      ],
      raised: [34.9, 36],
      priority,
      cleared: [70, 85],
      restartAtS: 32,
      twin: {
        about: twin,
        devices: [lift()],
        moments: [
          ...keep('car', 0, 20, 10, car()),
          say(30, 'car', car(flag)),
          say(32, 'car', car()),
          ...keep('car', 40, 60, 10, car()),
          say(70, 'car', car(flag)),
          say(73.5, 'car', car()),
          ...keep('car', 80, 120, 10, car()),
        ],
      },
    },
  ];
}
