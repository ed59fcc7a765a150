// What a Dockerfile must be: valid, its base images pinned, nothing fetched from the web, no secrets, not root.
import { validate, ValidationSeverity } from 'dockerfile-utils';

const SECRET = /(PASSWORD|SECRET|TOKEN|_KEY|_URL)\b/;

/** Instructions with their arguments; continued lines are joined, comments left out. */
function instructions(text) {
  const joined = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\s*\n/g, ' ');
  return joined
    .split('\n')
    .map((line) => /^\s*([A-Za-z]+)\s+(.*)$/.exec(line))
    .filter(Boolean)
    .map(([, name, rest]) => ({ name: name.toUpperCase(), rest: rest.trim() }));
}

/** A tag with a full version, or a digest: the same name must bring the same image next year. */
export const isPinned = (image) => /@sha256:[0-9a-f]{64}$/.test(image) || /:[^:/]*\d+\.\d+[^:/]*$/.test(image);

/** Stages by name, each with what holds at its end. */
function stagesOf(list) {
  const args = new Map();
  const stages = [];
  for (const { name, rest } of list) {
    if (name === 'FROM') {
      const [, image, , as] = /^(\S+)(\s+AS\s+(\S+))?/i.exec(rest) ?? [];
      const resolved = image.replace(/\$\{?(\w+)\}?/g, (_, key) => args.get(key) ?? '');
      const parent = stages.find((stage) => stage.name === resolved);
      stages.push({
        name: as ?? String(stages.length),
        image: resolved,
        parent,
        user: parent?.user,
        healthy: parent?.healthy,
      });
    } else if (stages.length === 0) {
      if (name === 'ARG' && rest.includes('=')) args.set(...rest.split(/=(.*)/s).slice(0, 2));
    } else if (name === 'USER') stages.at(-1).user = rest;
    else if (name === 'HEALTHCHECK') stages.at(-1).healthy = rest !== 'NONE';
  }
  return stages;
}

/**
 * @param targets the stages that are run; without any, the last
 * @returns sentences about what is wrong
 */
export function checkDockerfile(text, targets = []) {
  const wrong = validate(text, { instructionWorkdirRelative: ValidationSeverity.ERROR }).map(
    (d) => `line ${d.range.start.line + 1}: ${d.message}`,
  );
  const list = instructions(text);
  const stages = stagesOf(list);
  for (const { name, rest } of list) {
    if (name === 'ADD') wrong.push(`"ADD ${rest}": COPY does what is needed; ADD also fetches and unpacks`);
    const key = /^(\w+)/.exec(rest)?.[1] ?? '';
    if ((name === 'ENV' || name === 'ARG') && SECRET.test(key))
      wrong.push(`"${name} ${key}": everybody who has the image can read it`);
  }
  for (const { image, parent } of stages) {
    if (!parent && image !== 'scratch' && !isPinned(image))
      wrong.push(`the base image "${image}" is not pinned to a version`);
  }
  for (const target of targets.length ? targets : [stages.at(-1)?.name]) {
    const stage = stages.find(({ name }) => name === target);
    if (!stage) wrong.push(`there is no stage "${target}"`);
    else if (!stage.user || /^(root|0)(:|$)/.test(stage.user)) wrong.push(`the stage "${target}" runs as root`);
    if (stage && !stage.healthy) wrong.push(`the stage "${target}" has no HEALTHCHECK`);
  }
  return wrong;
}
