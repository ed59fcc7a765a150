/**
 * How the embedded database is set. The first three are law 1 (accepted means durable) and are written out although they
 * are PostgreSQL's defaults: whoever changes them must see what they are for.
 */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',

  listen_addresses: '127.0.0.1',
  // A socket's path may be at most 107 bytes; data folders are longer than that.
  unix_socket_directories: '',
  max_connections: '100',

  // Two cores and a few hundred MB beside the service.
  shared_buffers: '256MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  io_workers: '2',

  // Readings are a steady stream of writes: few, spread checkpoints.
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '10min',
  checkpoint_completion_target: '0.9',

  // A query of a service that was killed ends soon, and with it its locks.
  client_connection_check_interval: '1s',

  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_duration_statement: '500',
  log_line_prefix: '%m [%p] ',
};

export const settingArguments = (settings = POSTGRES_SETTINGS): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
