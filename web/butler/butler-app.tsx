import { useEffect, useState } from 'react';
import { useLanguage } from '../shared/i18n/language.js';
import { LoginGate, type Login } from '../shared/login-gate.js';
import { ButlerScreen } from './butler-screen.js';
import { ButlerSession } from './butler-session.js';
import { renewHere } from './profile/push-device.js';

export function ButlerApp() {
  const { t } = useLanguage();
  return <LoginGate title={t('app.butler')}>{(login) => <OnDuty key={login.token} login={login} />}</LoginGate>;
}

function OnDuty({ login }: { login: Login }) {
  const [session, setSession] = useState<ButlerSession | null>(null);
  useEffect(() => {
    const started = new ButlerSession(login.api, login.token);
    setSession(started);
    renewHere(login.api).catch(() => undefined); // the profile screen shows what is not so
    return () => started.stop();
  }, [login]);
  return session && <ButlerScreen session={session} onLogOut={login.logOut} />;
}
