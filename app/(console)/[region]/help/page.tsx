import type { Metadata } from 'next';
import { PageHeader } from '@/components/console/page-header';
import { BillingHelp } from './_components/billing-help';
import { LockHelp } from './_components/lock-help';
import { ReplicationHelp } from './_components/replication-help';
import { RestoreHelp } from './_components/restore-help';
import { VaultsHelp } from './_components/vaults-help';

export const metadata: Metadata = { title: 'How it works' };

const topics = [
  { id: 'replication', title: 'Replication and cross-account backup', Content: ReplicationHelp },
  { id: 'restore', title: 'How each kind is restored', Content: RestoreHelp },
  { id: 'billing', title: 'What is charged to whom', Content: BillingHelp },
  { id: 'vaults', title: 'Kinds of vaults', Content: VaultsHelp },
  { id: 'lock', title: 'What a lock does', Content: LockHelp },
];

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return (
    <div className="max-w-[80ch]">
      <PageHeader
        title="How it works"
        description="The few things that are good to know before you rely on a copy."
      />
      <nav aria-label="Topics" className="mb-6">
        <ul className="flex flex-wrap gap-x-5 gap-y-1">
          {topics.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`} className="link">
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex flex-col gap-8">
        {topics.map(({ id, title, Content }) => (
          <section key={id} id={id} className="flex scroll-mt-16 flex-col gap-3">
            <h2 className="font-semibold text-lg">{title}</h2>
            <Content region={region} />
          </section>
        ))}
      </div>
    </div>
  );
}
