// What docker-compose.yml must be: valid by the compose specification, complete in itself, hardened, and speaking of
// settings that the program has.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { isPinned } from './check-dockerfile.mjs';

/** The specification's JSON schema, as the linter dclint ships it. */
function specification() {
  const linter = createRequire(import.meta.url).resolve('dclint'); // in its folder dist
  const file = join(dirname(linter), '../schemas/compose.schema.json');
  const { $schema: _, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  for (const format of ['ports', 'expose', 'subnet_ip_address']) ajv.addFormat(format, true);
  return ajv.compile(schema);
}

const names = (value) => (Array.isArray(value) ? value : Object.keys(value ?? {})).map((v) => v.source ?? v);
const environmentOf = ({ environment: e = {} }) =>
  Array.isArray(e) ? Object.fromEntries(e.map((line) => line.split(/=(.*)/s).slice(0, 2))) : e;

/**
 * @param compose the parsed file; `folder` it lies in; `settings` names of all settings of Steward; `secrets` names of the
 *   files that are made for it; `isSecretKey` tells which settings hold secrets
 * @returns sentences about what is wrong
 */
export function checkCompose(compose, { folder, settings, secrets, isSecretKey }) {
  const valid = specification();
  if (!valid(compose))
    return valid.errors.map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
  const wrong = [];
  const used = { volumes: new Set(), networks: new Set(), secrets: new Set() };
  const use = (kind, name, what) => {
    used[kind].add(name);
    if (!(name in (compose[kind] ?? {}))) wrong.push(`${what}: "${name}" is not among the file's ${kind}`);
  };
  for (const [name, service] of Object.entries(compose.services)) {
    const say = (text) => wrong.push(`${name}: ${text}`);
    const oneOff = service.restart === 'no';
    if (!service.build && !isPinned(service.image ?? ''))
      say(`the image "${service.image}" is not pinned to a version`);
    if (!service.restart) say('says nothing of restarts');
    if (!service.read_only) say('may write into its own image (read_only)');
    if (!service.cap_drop?.includes('ALL')) say('keeps capabilities (cap_drop: ALL)');
    if (!service.security_opt?.some((o) => /^no-new-privileges(:true)?$/.test(o)))
      say('may gain privileges (no-new-privileges)');
    const { memory, cpus } = service.deploy?.resources?.limits ?? {};
    if (!memory || !cpus) say('has no memory or cpu limit');
    // An image that is built here brings its own check (check-dockerfile).
    if (!service.healthcheck && !service.build && !oneOff) say('has no health check');
    for (const [key, value] of Object.entries(environmentOf(service))) {
      if (service.build && !settings.includes(key)) say(`${key} is not a setting of Steward`);
      if (isSecretKey(key) && value && !String(value).startsWith('${'))
        say(`${key} is written into the file; give ${key}_FILE`);
    }
    for (const key of names(service.secrets)) use('secrets', key, name);
    for (const path of JSON.stringify(service).match(/\/run\/secrets\/\w+/g) ?? []) {
      const secret = path.split('/').at(-1);
      if (!names(service.secrets).includes(secret)) say(`reads the secret "${secret}" that it is not given`);
    }
    for (const key of names(service.networks)) use('networks', key, name);
    for (const volume of service.volumes ?? []) {
      const source = typeof volume === 'string' ? volume.split(':')[0] : volume.source;
      if (!/^[./~]/.test(source)) use('volumes', source, name);
      else if (!existsSync(join(folder, source))) say(`mounts ${source}, which does not exist`);
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {}).map(([k, v]) => [k, Object(v)])) {
      const target = compose.services[other];
      if (!target) say(`depends on "${other}", which is not a service`);
      else if (!condition) say(`starts with "${other}" without waiting for it to be ready`);
      else if (condition === 'service_healthy' && !target.healthcheck && !target.build)
        say(`waits for "${other}" to be healthy, which has no health check`);
      else if (service.profiles?.some((p) => target.profiles && !target.profiles.includes(p)))
        say(`depends on "${other}", which is not in all of its profiles`);
    }
  }
  for (const kind of Object.keys(used)) {
    for (const name of Object.keys(compose[kind] ?? {})) {
      if (!used[kind].has(name)) wrong.push(`${kind}: nobody uses "${name}"`);
    }
  }
  for (const [name, { file }] of Object.entries(compose.secrets ?? {})) {
    if (file !== `./secrets/${name}` || !secrets.includes(name))
      wrong.push(`secrets: npm run compose:secrets does not make ${file ?? name}`);
  }
  return wrong;
}
