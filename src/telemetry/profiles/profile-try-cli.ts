import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readProfile } from './read-profile-file.js';
import { tryProfile } from './try-profile.js';

const USAGE =
  'usage: npm run profile:try -- PROFILE PAYLOAD [TOPIC]   (PROFILE: a file or a ready-made id; PAYLOAD: JSON or a file)';
const READY_MADE = join(import.meta.dirname, '../../../../config/profiles');

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 read, 1 refused, 2 wrong call */
async function main([name, payload, topic]: string[]): Promise<number> {
  if (name === undefined || payload === undefined) {
    console.error(USAGE);
    return 2;
  }
  const text = await readFile(/[./\\]/.test(name) ? name : join(READY_MADE, `${name}.yaml`), 'utf8').catch(
    (e: Error) => e,
  );
  if (text instanceof Error) {
    console.error(`the profile cannot be read: ${text.message}`);
    return 2;
  }
  const profile = readProfile(text);
  if (!profile.ok) {
    console.error(`the profile is not good: ${profile.error}`);
    return 1;
  }
  const bytes = payload.trimStart().startsWith('{')
    ? Buffer.from(payload)
    : await readFile(payload).catch((e: Error) => e);
  if (bytes instanceof Error) {
    console.error(`the payload cannot be read: ${bytes.message}`);
    return 2;
  }
  const trial = await tryProfile(profile.value, bytes, topic);
  if (trial.ok) console.log(JSON.stringify(trial, null, 2));
  else console.error(`refused: ${trial.reason}`);
  return trial.ok ? 0 : 1;
}
