/** What PostgreSQL can keep as text and inside JSON: no NUL, and no half of a surrogate pair. */
export const isStorableText = (s: string): boolean => !s.includes('\u0000') && !/\p{Surrogate}/u.test(s);
