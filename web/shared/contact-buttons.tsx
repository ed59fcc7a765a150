import type { TicketDetail } from '../../src/gateway/views.js';
import { useLanguage } from './i18n/language.js';

/** Telephone numbers are buttons. */
export function ContactButtons({ contacts }: { contacts: TicketDetail['contacts'] }) {
  const { pick, word } = useLanguage();
  return (
    <ul className="contacts">
      {contacts.map((c) => {
        const name = pick(c.name);
        const role = ['role', 'slot', 'contact'].map((p) => word(p, c.role)).find((w) => w !== c.role) ?? c.role;
        return (
          <li key={`${c.role}/${c.phone}`}>
            <a className="button" href={`tel:${c.phone}`}>
              <span aria-hidden="true">☎</span>
              <span>
                {name}
                {role !== name && <span className="muted"> {role}</span>}
              </span>
              <span className="num muted">{c.phone}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
