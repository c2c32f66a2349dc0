import type { Sql, TransactionSql } from 'postgres';

/**
 * A client whose parameterised statements stay prepared on their connection. Drizzle hands its statements to `unsafe`, which
 * would have the server parse and plan each of them anew, in two round trips instead of one.
 */
export function keepStatements<C extends Sql | TransactionSql>(client: C): C {
  return new Proxy(client, {
    get(target, key, receiver) {
      if (key === 'unsafe') return unsafeOf(target);
      if (key === 'begin' || key === 'savepoint') return scopeOf(target, key);
      return Reflect.get(target, key, receiver);
    },
  });
}

function unsafeOf(client: Sql | TransactionSql): Sql['unsafe'] {
  return (text, parameters, options) =>
    client.unsafe(text, parameters, { ...options, prepare: (parameters?.length ?? 0) > 0 });
}

type Scope = (...args: unknown[]) => Promise<unknown>;

/** `begin` and `savepoint` take their work last, and give it a client of its own. */
function scopeOf(client: object, key: 'begin' | 'savepoint'): Scope {
  return (...args) => {
    const work = args.pop() as (tx: TransactionSql) => unknown;
    const scope = Reflect.get(client, key) as Scope;
    return scope(...args, (tx: TransactionSql) => work(keepStatements(tx)));
  };
}
