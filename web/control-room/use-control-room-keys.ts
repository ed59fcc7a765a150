import { useEffect, useRef } from 'react';

interface ControlRoomKeys {
  acknowledge: () => void;
  open: () => void;
  search: () => void;
  newTicket: () => void;
  back: () => void;
  /** -1 up, +1 down. */
  step: (by: number) => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select');
/** Enter on a focused button or link is that button's, not ours. */
const ownsEnter = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('button, a, summary');

/** All that is frequent without a mouse: A acknowledge, Enter open, / search, N new by telephone, arrows choose, Esc back. */
export const useControlRoomKeys = (keys: ControlRoomKeys): void => {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const typing = isTyping(event.target);
      if (event.key === 'Escape') return latest.current.back();
      if (typing) return;
      switch (event.key) {
        case 'a':
        case 'A':
          return latest.current.acknowledge();
        case '/':
          event.preventDefault(); // the slash itself does not belong in the search box
          return latest.current.search();
        case 'n':
        case 'N':
          event.preventDefault(); // nor does this letter belong in the box that it opens
          return latest.current.newTicket();
        case 'ArrowDown':
        case 'ArrowUp':
          event.preventDefault();
          return latest.current.step(event.key === 'ArrowDown' ? 1 : -1);
        case 'Enter':
          if (!ownsEnter(event.target)) latest.current.open();
          return;
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
};
