/** Names and values as the device or the rule gave them. */
export function ValueList({ values }: { values: Readonly<Record<string, unknown>> }) {
  return (
    <dl className="value-list">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd className="num">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
