import { DomainError } from '../../kernel/domain-error.js';

/** A file whose parts cannot be told apart cannot be freed of its position either: it is not taken. */
export const damaged = (what: string): DomainError =>
  new DomainError('invalid', `This is not a whole ${what}: damaged, cut short, or something else in disguise.`, {
    reason: 'damaged file',
  });

/** Unpacked it would take gigabytes of whoever looks at it. The largest phone cameras have 200 megapixels. */
const MAX_PIXELS = 250_000_000;

export function refuseGiant(width: number, height: number): void {
  if (width * height > MAX_PIXELS)
    throw new DomainError('too-large', `A photo of ${width} × ${height} points is not taken.`, { width, height });
}
