import Link from 'next/link';
import { Comparison } from './comparison';

export function BillingHelp({ region }: { region: string }) {
  return (
    <>
      <p>
        Features cost nothing. What is charged is what is kept and what is sent, counted from real bytes. Each
        account sees its own side on{' '}
        <Link href={`/${region}/billing`} className="link underline">
          Billing
        </Link>
        .
      </p>
      <Comparison
        caption="What is charged to whom"
        head={['', 'Who pays', 'How it is counted']}
        rows={[
          [
            'Storage of a vault',
            'The owner of the vault',
            'Stored bytes (compressed, without duplicates) by the second',
          ],
          [
            'Storage of a replica',
            'The owner of the target vault; the source pays nothing',
            'The same way: the stored bytes of the target',
          ],
          ['Replication between regions', 'The owner of the target vault', 'Bytes that arrive'],
          ['Replication inside a region', 'Nobody', 'Free of charge'],
          ['Restore to a cloud resource of the region', 'Nobody', 'Free of charge'],
          [
            'Restore to a host over the Internet',
            'The account that restores',
            'Restored bytes; a repeated request counts once',
          ],
          [
            'Restore over a VPN or a leased line',
            'Nobody',
            'Free of charge; the client says how it is connected',
          ],
          ['Download of a single file', 'Nobody', 'Free of charge'],
          ['Trial vaults', 'Nobody', 'Free of charge while they last'],
        ]}
      />
      <p>
        A capacity plan is storage bought beforehand. It is taken off storage, hour by hour, and never off
        traffic. What was used stays on the statement of its month, also when the vault is deleted or the
        replication has stopped.
      </p>
    </>
  );
}
