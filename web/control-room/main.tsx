import { createRoot } from 'react-dom/client';
import '../shared/tokens.css';
import '../shared/base.css';
import '../shared/ticket-parts.css';
import './shell.css';
import './alarm-list.css';
import './estate-map.css';
import './ticket-panel.css';
import './by-hand.css';
import '../shared/tasks.css';
import './task-board.css';
import './roster-panel.css';
import { LanguageProvider } from '../shared/i18n/language.js';
import { ControlRoomApp } from './control-room-app.js';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <LanguageProvider>
      <ControlRoomApp />
    </LanguageProvider>,
  );
