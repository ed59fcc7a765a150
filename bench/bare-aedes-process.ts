import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** aedes with nothing behind it: what the service's broker front could do at best on this machine, in this run. */
const broker = await Aedes.createBroker();
const server = createServer((socket) => broker.handle(socket));
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.({ type: 'ready' }));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
