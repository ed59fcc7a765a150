import { useEffect, useState } from 'react';
import { useLanguage } from '../shared/i18n/language.js';
import { LoginGate, type Login } from '../shared/login-gate.js';
import { ControlRoomFeed } from './control-room-feed.js';
import { ControlRoomScreen } from './control-room-screen.js';

export function ControlRoomApp() {
  const { t } = useLanguage();
  return <LoginGate title={t('app.controlRoom')}>{(login) => <OnWatch key={login.token} login={login} />}</LoginGate>;
}

function OnWatch({ login }: { login: Login }) {
  const [feed, setFeed] = useState<ControlRoomFeed | null>(null);
  useEffect(() => {
    const started = new ControlRoomFeed(login.api, login.token);
    setFeed(started);
    return () => started.stop();
  }, [login]);
  return feed && <ControlRoomScreen feed={feed} login={login} />;
}
