/** DI token of what was started before the application. */
export const FOUNDATION = Symbol('Foundation');
