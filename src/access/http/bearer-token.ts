/** The token of `Authorization: Bearer …`; undefined when there is none. */
export function bearerToken(headers: { authorization?: string }): string | undefined {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(headers.authorization ?? '')?.[1];
}
