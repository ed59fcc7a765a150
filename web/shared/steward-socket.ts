import { io, type Socket } from 'socket.io-client';

/** Pause before asking again after the server itself ended or refused the connection, ms. */
const RETRY_MS = 1000;

/**
 * A socket that always comes back. socket.io reconnects by itself after a lost line, but not after the server has
 * refused or ended the session; then the login is checked first (`onRefused`), and the socket tries again.
 */
export const openSocket = (namespace: '/butler' | '/control-room', token: string, onRefused: () => void): Socket => {
  const socket: Socket = io(namespace, {
    auth: { token },
    transports: ['websocket', 'polling'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 2000,
    timeout: 4000,
    autoConnect: false,
  });
  let wanted = true;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const retry = (): void => {
    onRefused();
    timer ??= setTimeout(() => {
      timer = null;
      if (wanted) socket.connect();
    }, RETRY_MS);
  };
  socket.on('connect_error', () => {
    if (!socket.active) retry();
  });
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') wanted = false;
    else if (!socket.active) retry();
  });
  socket.connect();
  return socket;
};
