'use client';

import { kindUis, type WizardKind } from '../../restore/_components/kinds';

const order: WizardKind[] = [
  'ecs_file',
  'oss',
  'nas',
  'hana',
  'tablestore',
  'common_nas',
  'local_file',
  'cpfs',
];

export function RestoreHelp(_: { region: string }) {
  return (
    <>
      <p>
        A point is restored to a destination of the same kind as what it was made of. ECS instances, buckets,
        file systems, SAP HANA and Tablestore instances stand in the region of the vault that is restored
        from; servers and on-premises NAS may stand anywhere. The account that the data came from is not
        needed: not its vault, its key or its good standing.
      </p>
      <p>What has to stand ready before a restore:</p>
      <dl className="grid gap-3 sm:grid-cols-2">
        {order.map((kind) => {
          const { title, needs } = kindUis[kind];
          return (
            <div key={kind}>
              <dt className="font-medium">{title}</dt>
              <dd>
                <ul className="flex list-disc flex-col gap-0.5 pl-5">
                  {needs.map((need) => (
                    <li key={need.title}>{need.title}</li>
                  ))}
                </ul>
              </dd>
            </div>
          );
        })}
      </dl>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        <li>
          A dry run walks the destination and counts what would be created, replaced and left. It writes
          nothing.
        </li>
        <li>
          A restore that is interrupted goes on where it was when its client or engine is back; what has been
          written is not written again. A restore that is cancelled leaves what it has written.
        </li>
        <li>
          Nothing is ever written outside the destination: names that lead out of it are refused, and links
          that stand there are not followed.
        </li>
        <li>VMware virtual machines cannot be restored from a replication target vault.</li>
      </ul>
    </>
  );
}
