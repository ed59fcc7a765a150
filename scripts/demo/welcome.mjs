// What the visitor reads once everything runs.
const width = (text) => [...text].reduce((n, c) => n + (c.codePointAt(0) > 0x2e80 ? 2 : 1), 0);
const pad = (text, to) => text + ' '.repeat(Math.max(0, to - width(text)));

function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => width(row[i]))));
  return rows
    .map(
      (row) =>
        `    ${row
          .map((cell, i) => pad(cell, widths[i]))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}

export function welcome({ http, mqtt, logins, devices, staged, stagedInS, seconds, log }) {
  const spares = devices.map((d) => [d.kind, d.id, d.token]);
  const accident = staged
    ? `\nIn about ${stagedInS} s a lift stops between two floors with people inside: ${staged}.\n`
    : '';
  return `
Steward is ready (${seconds} s).

    control room   ${http}/control-room
    butler         ${http}/butler
    API            ${http}/api/docs
    MQTT           ${mqtt}

Logins
${table([['role', 'name', 'user', 'password'], ...logins.map((l) => [l.role, `${l.name} ${l.nameEn}`, l.username, l.password])])}

Devices that nobody plays, for you (user name and client id = device, password = token)
${table([['kind', 'device', 'token'], ...spares])}
    topic: steward/v1/${devices[0]?.estate}/{kind}/{device}/telemetry
${accident}
The service writes its log to ${log}. Ctrl-C stops everything.
`;
}
