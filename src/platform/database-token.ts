/** DI token of the general `Kysely<Database>`: pages, lists, login, reports. */
export const DATABASE = Symbol('Database');
/** DI token of the one kept for emergencies, so that no list or report can make an alarm wait for a connection. */
export const EMERGENCY_DATABASE = Symbol('EmergencyDatabase');
