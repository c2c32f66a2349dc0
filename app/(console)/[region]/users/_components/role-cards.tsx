import { roleDescriptions } from '@/lib/users/rules';

/** What the three roles are, below the list. */
export function RoleCards() {
  return (
    <section aria-labelledby="roles-title" className="mt-6">
      <h2 id="roles-title" className="mb-2 font-semibold">
        What the roles may do
      </h2>
      <ul className="grid gap-3 md:grid-cols-3">
        {Object.values(roleDescriptions).map(({ name, may, mayNot }) => (
          <li key={name} className="panel p-4">
            <h3 className="font-medium">{name}</h3>
            <p className="mt-1">{may}</p>
            <p className="mt-1 text-muted">{mayNot}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
