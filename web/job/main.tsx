import { createRoot } from 'react-dom/client';
import '../shared/tokens.css';
import '../shared/base.css';
import '../shared/ticket-parts.css';
import './job.css';
import { LanguageProvider } from '../shared/i18n/language.js';
import { JobApp } from './job-app.js';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <LanguageProvider>
      <JobApp token={location.pathname.split('/')[2] ?? ''} />
    </LanguageProvider>,
  );
