// The files under ./secrets that docker-compose.yml hands to its services: passwords, and the addresses with them inside.
import { randomBytes } from 'node:crypto';

const password = () => randomBytes(24).toString('base64url');

/** @returns contents by file name, new at each call; names are those of the compose file's secrets */
export function newSecrets() {
  const [postgres, owner, service] = [password(), password(), password()];
  const [redis, influx, mqtt] = [password(), password(), password()];
  return {
    postgres_password: postgres,
    database_owner_password: owner,
    database_service_password: service,
    redis_password: redis,
    influx_password: influx,
    mqtt_password: mqtt,
    database_url: `postgres://steward_service:${service}@database:5432/steward`,
    migration_database_url: `postgres://steward_owner:${owner}@database:5432/steward`,
    redis_url: `redis://:${redis}@redis:6379/0`,
    influx_url: `http://steward:${influx}@influx:8086/steward`,
    mqtt_url: `mqtt://steward:${mqtt}@mosquitto:1883`,
    secret_key: randomBytes(32).toString('base64'),
  };
}
