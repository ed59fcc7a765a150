import { keep, say, type DetectionCase } from './case.js';
import { lift, car, rideBegins, letOut, people, OPEN, RUNS, type Car } from './lift-moments.js';

/** What is wrong with the lift itself. */
export const ELEVATOR_CASES: readonly DetectionCase[] = [
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
