import { OfflineError, refusal } from './api-error.js';

/**
 * Sends a photo or film as it is. Fetch does not tell how much has gone; the older interface does.
 * @param onShare 0 to 1
 * @returns the hash under which it is kept
 * @throws ApiError, or OfflineError when there was no usable answer: worth sending again
 */
export const uploadEvidence = (
  token: string,
  ticketId: string,
  step: number,
  file: Blob,
  onShare: (share: number) => void,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', `/api/v1/tickets/${ticketId}/evidence?step=${step}`);
    sending.setRequestHeader('authorization', `Bearer ${token}`);
    sending.setRequestHeader('content-type', file.type || 'application/octet-stream');
    sending.responseType = 'json';
    sending.upload.onprogress = (e) => onShare(e.total > 0 ? e.loaded / e.total : 0);
    sending.onerror = sending.ontimeout = sending.onabort = () => reject(new OfflineError());
    sending.onload = () => {
      const kept: unknown = sending.response;
      if (sending.status < 300)
        resolve(typeof kept === 'object' && kept !== null && 'sha256' in kept ? String(kept.sha256) : '');
      else if (sending.status >= 500) reject(new OfflineError());
      else reject(refusal(sending.status, sending.response));
    };
    sending.send(file);
  });
