import { FakeSessionStore } from './fake-session-store.js';
import { sessionStoreContract } from './session-store.contract.js';

sessionStoreContract('the store in memory', async (people) => {
  const store = new FakeSessionStore();
  for (const { username, names, roles, passwordHash, active } of people) {
    store.people.set(username, { principal: { username, names, roles }, passwordHash, active });
  }
  return store;
});
