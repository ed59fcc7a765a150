import { readFileSync } from 'node:fs';

/** What a key holds must not be shown: a password, or a connection string with one in it. */
export const isSecretKey = (key: string): boolean => /(_URL|_KEY|_PASSWORD|_SECRET|_TOKEN)$/.test(key);

/** `KEY_FILE` for every key that is not the path of a file itself, nor has a `KEY_FILE` of its own. */
export const fileKeysOf = (keys: readonly string[]): Map<string, string> =>
  new Map(
    keys.filter((key) => !key.endsWith('_FILE') && !keys.includes(`${key}_FILE`)).map((key) => [`${key}_FILE`, key]),
  );

/**
 * Takes the values of `KEY_FILE` keys from their files, the way container secrets are handed over: a secret in the
 * environment is seen by everybody who may list processes or inspect the container. The line end that an editor leaves
 * behind is not part of the value.
 * @param given non-empty keys and values
 * @param keys the names of all settings
 * @returns the values with the files read, and a sentence for every file key that cannot be used
 */
export function readSecretFiles(
  given: Record<string, string>,
  keys: readonly string[],
): { values: Record<string, string>; mistakes: string[] } {
  const values = { ...given };
  const mistakes: string[] = [];
  for (const [fileKey, key] of fileKeysOf(keys)) {
    const path = given[fileKey];
    if (path === undefined) continue;
    delete values[fileKey];
    if (given[key] !== undefined) {
      mistakes.push(`${fileKey}: ${key} is given as well; give one of the two`);
      continue;
    }
    try {
      const value = readFileSync(path, 'utf8').replace(/(\r?\n)+$/, '');
      if (value.trim() === '') mistakes.push(`${fileKey}: the file ${path} is empty`);
      else values[key] = value;
    } catch (error) {
      mistakes.push(
        `${fileKey}: the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      );
    }
  }
  return { values, mistakes };
}
