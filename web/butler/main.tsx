import { createRoot } from 'react-dom/client';
import '../shared/tokens.css';
import '../shared/base.css';
import '../shared/ticket-parts.css';
import './butler.css';
import './page-screen.css';
import '../shared/tasks.css';
import './profile/profile.css';
import { LanguageProvider } from '../shared/i18n/language.js';
import { ButlerApp } from './butler-app.js';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <LanguageProvider>
      <ButlerApp />
    </LanguageProvider>,
  );
