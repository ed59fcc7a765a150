import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { err, ok, type Result } from '../../kernel/result.js';
import { compileProfile, type Profile } from './compile-profile.js';
import { ProfileSpec } from './profile.js';

/** A profile as written: YAML, or JSON, which is YAML too. The error is for whoever wrote it. */
export function readProfile(text: string): Result<Profile, string> {
  let data: unknown;
  try {
    data = parse(text, { maxAliasCount: 20 });
  } catch (e) {
    return err((e as Error).message);
  }
  return makeProfile(data);
}

export function makeProfile(data: unknown): Result<Profile, string> {
  const parsed = ProfileSpec.safeParse(data);
  if (!parsed.success) {
    const said = parsed.error.issues.slice(0, 5).map((i) => `${i.path.join('.') || 'profile'}: ${i.message}`);
    return err(said.join('; '));
  }
  try {
    return ok(compileProfile(parsed.data));
  } catch (e) {
    return err((e as Error).message);
  }
}

/** The ready-made profiles of a folder, one a file. @throws Error that names the faulty file */
export async function readProfileFolder(folder: string): Promise<Profile[]> {
  const files = (await readdir(folder)).filter((f) => /\.ya?ml$/.test(f)).sort();
  const profiles: Profile[] = [];
  for (const file of files) {
    const read = readProfile(await readFile(join(folder, file), 'utf8'));
    if (!read.ok) throw new Error(`${join(folder, file)}: ${read.error}`);
    profiles.push(read.value);
  }
  return profiles;
}
