import { useCallback, useState, type ReactNode } from 'react';
import { ApiClient } from './api-client.js';
import { LoginForm } from './login-form.js';
import { storedLogin } from './stored-login.js';

export interface Login {
  readonly token: string;
  readonly api: ApiClient;
  readonly logOut: () => void;
  /** The service no longer knows this login: back to the form, saying so. */
  readonly expire: () => void;
}

/** Shows the login form until there is a token, then what `children` makes of it. */
export function LoginGate({ title, children }: { title: string; children: (login: Login) => ReactNode }) {
  const [expired, setExpired] = useState(false);
  const expire = useCallback(() => {
    storedLogin.clear();
    setExpired(true);
    setLogin(null);
  }, []);
  const enter = useCallback(
    (token: string): Login => {
      const api = new ApiClient(token, expire);
      const logOut = (): void => {
        api.logOut().catch(() => undefined); // the token is forgotten here in any case
        storedLogin.clear();
        setExpired(false);
        setLogin(null);
      };
      return { token, api, logOut, expire };
    },
    [expire],
  );
  const [login, setLogin] = useState<Login | null>(() => {
    const token = storedLogin.read();
    return token ? enter(token) : null;
  });
  return login ? (
    children(login)
  ) : (
    <LoginForm title={title} expired={expired} onLogin={(token) => setLogin(enter(token))} />
  );
}
