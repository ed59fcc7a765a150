import { expectedErrorBody } from '../access/http/domain-error.filter.js';
import type { CommandAck, Names } from './views.js';

/** Runs a command that came over a socket and answers in the shape of its acknowledgement; never throws. */
export async function acknowledged(work: () => Promise<void>): Promise<CommandAck> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    const body = expectedErrorBody(error) as
      { statusCode: number; message: string; holder?: string; holderName?: Names } | null | undefined;
    if (!body) throw error;
    const { statusCode: status, message, holder, holderName } = body;
    return { ok: false, status, message, ...(holder ? { holder } : {}), ...(holderName ? { holderName } : {}) };
  }
}
