import { useEffect } from 'react';

const SHOWN_MS = 6000;

/** What has become of what was done: said once, and gone by itself. */
export function SaidNotice({ words, onClose }: { words: string; onClose: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [words, onClose]);
  return (
    <p className="said-notice" role="status" data-testid="said">
      {words}
    </p>
  );
}
