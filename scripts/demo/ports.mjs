import { createServer } from 'node:net';

/** A sentence when somebody else listens there, else null. Asked before anything is started. */
export async function portProblem(what, key, host, port) {
  if (!port) return null;
  const code = await new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  if (code === null) return null;
  if (code === 'EACCES')
    return `Port ${port} (${what}) needs more rights than this user has. Choose one above 1023: ${key}=${port + 8000}`;
  if (code === 'EADDRINUSE')
    return `Port ${port} (${what}) is in use by another program. Stop it, or choose another port: ${key}=${port + 1}`;
  return `Steward cannot listen on ${host}:${port} (${what}): ${code}. See ${key} and ${key.replace('PORT', 'HOST')}.`;
}
