// Options of V8 with which `npm start`, the demo, the bench and the image start the service. They are written once, in
// package.json (`start`), because they act only from the command line, before the heap is made.
//
//   --max-semi-space-size=64     readings live for milliseconds: with a large nursery they die there instead of being copied
//                                out of it
//   --v8-pool-size=1             one helper for collections instead of four: on two cores four of them take both from the
//                                service and its database for the 100 ms of a full collection
//   --no-memory-reducer          else V8 collects everything 100 s after the last full collection, compacts, and takes the
//                                large nursery away: stalls of up to 130 ms in whatever load has come by then
//   --heap-growing-percent=150   else the old space may grow by a tenth only, with a full collection every few seconds
import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
export const SERVICE_NODE_OPTIONS = Object.freeze(scripts.start.match(/--\S+/g));
