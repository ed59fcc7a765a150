import { spawn } from 'node:child_process';

const PATIENCE_MS = 60_000;

/**
 * Asks the virus scanner of the house. No shell: the command's words are split at spaces, the path is the last one.
 * @returns null = clean; else why the file must not be shown. A scanner that cannot be asked has not said that it is clean.
 */
export function scanFile(command: string, path: string): Promise<string | null> {
  const [program = '', ...args] = command.split(/\s+/).filter((w) => w !== '');
  return new Promise((resolve) => {
    const child = spawn(program, [...args, path], { stdio: 'ignore', timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
    child.once('error', (e: NodeJS.ErrnoException) => resolve(`the scanner cannot be asked (${e.code ?? e.message})`));
    child.once('close', (code) => {
      if (code === 0) resolve(null);
      else resolve(code === null ? 'the scanner did not come to an end' : `the scanner ended with ${code}`);
    });
  });
}
