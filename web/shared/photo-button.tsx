import { useState } from 'react';
import { MAX_MB, refusedHere } from './evidence.js';
import { EvidenceIcon } from './evidence-icon.js';
import { useLanguage } from './i18n/language.js';

/** Opens the camera of a phone, or the files of a desk; more than one may be chosen. */
export function PhotoButton({ testId, onFile }: { testId: string; onFile: (file: File) => void }) {
  const { t } = useLanguage();
  const [trouble, setTrouble] = useState<string | null>(null);
  const take = (files: FileList | null): void => {
    setTrouble(null);
    for (const file of files ?? []) {
      const tooLarge = refusedHere(file);
      if (tooLarge) setTrouble(t(`evidence.tooLarge.${tooLarge}`, { mb: MAX_MB[tooLarge] }));
      else onFile(file);
    }
  };
  return (
    <span className="photo-button">
      <label className="button">
        <EvidenceIcon shape="photo" /> {t('evidence.take')}
        <input
          type="file"
          data-testid={testId}
          accept="image/*,video/*"
          capture="environment"
          onChange={(e) => {
            take(e.target.files);
            e.target.value = ''; // the same photo may be taken again
          }}
        />
      </label>
      {trouble !== null && (
        <span className="error-line" role="alert">
          {trouble}
        </span>
      )}
    </span>
  );
}
