import { useState, type FormEvent } from 'react';
import { logIn } from './api-client.js';
import { ApiError, OfflineError } from './api-error.js';
import { useLanguage } from './i18n/language.js';
import { LanguageSwitch } from './language-switch.js';
import { storedLogin } from './stored-login.js';

type Trouble = 'login.wrong' | 'login.tooMany' | 'login.unreachable' | 'login.expired' | null;

export function LoginForm({
  title,
  expired,
  onLogin,
}: {
  title: string;
  expired: boolean;
  onLogin: (token: string) => void;
}) {
  const { t } = useLanguage();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>(expired ? 'login.expired' : null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const login = await logIn(username.trim(), password);
      storedLogin.save(login);
      onLogin(login.token);
    } catch (error) {
      if (error instanceof OfflineError) setTrouble('login.unreachable');
      else setTrouble(error instanceof ApiError && error.status === 429 ? 'login.tooMany' : 'login.wrong');
      setBusy(false);
    }
  };

  return (
    <main className="login">
      <form onSubmit={(e) => void submit(e)}>
        <header>
          <p className="muted">{t('app.name')}</p>
          <h1>{title}</h1>
        </header>
        <label className="field">
          <span>{t('login.username')}</span>
          <input
            className="input"
            data-testid="login-username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            value={username}
            onChange={(e) => setUsername(e.target.value)}
          />
        </label>
        <label className="field">
          <span>{t('login.password')}</span>
          <input
            className="input"
            data-testid="login-password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        </label>
        {trouble && (
          <p className="error-line" role="alert">
            {t(trouble)}
          </p>
        )}
        <button className="button is-strong" type="submit" data-testid="login-submit" disabled={busy}>
          {t('login.submit')}
        </button>
        <div className="login-foot">
          <a className="muted" href="/">
            Steward
          </a>
          <LanguageSwitch />
        </div>
      </form>
    </main>
  );
}
