import { DomainError } from '../kernel/domain-error.js';
import type { Principal } from './principal.js';
import type { SessionService } from './session.service.js';

/**
 * Who opens this socket (`auth: { token }` of the Socket.IO handshake). Use it in a namespace middleware, so that a
 * stranger is never connected, and put the answer into `socket.data.principal`, where the guard looks for it.
 * @throws DomainError `forbidden` when nobody is signed in with that token
 */
export async function authenticateSocket(
  sessions: Pick<SessionService, 'authenticate'>,
  handshake: { auth?: Record<string, unknown> },
): Promise<Principal> {
  const token = handshake.auth?.['token'];
  const principal = await sessions.authenticate(typeof token === 'string' ? token : undefined);
  if (!principal) throw new DomainError('forbidden', 'Sign in again: this session is unknown or over.');
  return principal;
}
