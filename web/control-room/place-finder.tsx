import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import type { PlaceHitView } from '../../src/gateway/by-hand-views.js';
import type { ApiClient } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';

/** Letters that follow each other quickly are one question, ms. */
const SETTLE_MS = 100;

/** Type a few letters, choose with the arrows, Enter takes it. */
export function PlaceFinder({
  api,
  estate,
  label,
  placeholder,
  nothing,
  wants,
  onChoose,
}: {
  api: ApiClient;
  estate: string;
  label: string;
  placeholder: string;
  /** What is said when nothing is found. */
  nothing: string;
  wants: (hit: PlaceHitView) => boolean;
  onChoose: (hit: PlaceHitView) => void;
}) {
  const { pick, word } = useLanguage();
  const list = useId();
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<{ q: string; hits: readonly PlaceHitView[] }>({ q: '', hits: [] });
  const [at, setAt] = useState(0);
  const q = typed.trim();
  useEffect(() => {
    if (q === '') return;
    let wanted = true;
    const timer = setTimeout(() => {
      api.places(estate, q).then(
        ({ items }) => {
          if (!wanted) return;
          setFound({ q, hits: items });
          setAt(0);
        },
        () => undefined, // the next letter asks again
      );
    }, SETTLE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, estate, q]);

  const hits = q === '' ? [] : found.hits.filter(wants);
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt(Math.max(0, Math.min(hits.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // What was found for other letters is not meant.
      const hit = found.q === q ? hits[at] : undefined;
      if (hit) onChoose(hit);
    }
  };
  return (
    <div className="place-finder">
      <input
        className="input"
        data-testid="place-search"
        role="combobox"
        aria-label={label}
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={hits[at] ? `${list}-${at}` : undefined}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        maxLength={64}
        placeholder={placeholder}
        value={typed}
        onChange={(e) => setTyped(e.target.value)}
        onKeyDown={onKey}
      />
      <ul id={list} role="listbox" aria-label={label}>
        {hits.map((hit, i) => (
          <li
            key={`${hit.kind}/${hit.id}`}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === at}
            data-testid="place-hit"
            data-id={hit.id}
            onClick={() => onChoose(hit)}
          >
            <strong>{pick(hit.place)}</strong>
            <span className="muted">
              {hit.kind === 'person'
                ? hit.roles.map((r) => word('role', r)).join(' · ')
                : hit.deviceKind
                  ? word('kind', hit.deviceKind)
                  : word('place', hit.kind)}
            </span>
          </li>
        ))}
      </ul>
      {q !== '' && found.q === q && hits.length === 0 && <p className="muted">{nothing}</p>}
    </div>
  );
}
