import Link from 'next/link';
import { Comparison } from './comparison';

export function ReplicationHelp({ region }: { region: string }) {
  return (
    <>
      <p>
        Vault replication keeps a second copy of one account&apos;s backups in another account. The source
        account goes on making its own backups with its own policies. Whatever reaches its vault flows on,
        without a schedule, into a{' '}
        <Link href={`/${region}/vaults`} className="link underline">
          replication target vault
        </Link>{' '}
        that the other account owns, under that account&apos;s key.
      </p>
      <p>
        The copy is the other account&apos;s. Nobody in the source account can read it, restore from it,
        delete it or lock it, and nothing that happens to the source account takes it away: not an unpaid
        bill, not a leaked key, not the deletion of its vault.
      </p>
      <p>
        Cross-account <em>backup</em> is something else: one central account runs the policies of many
        accounts and keeps all backups itself. Crossvault does not do that.
      </p>
      <Comparison
        caption="Replication compared with cross-account backup"
        head={['', 'Vault replication', 'Cross-account backup']}
        rows={[
          [
            'Who makes the backups',
            'Each account, with its own policies',
            'One central account, for all others',
          ],
          [
            'Where they are',
            'In the source account, and again in the target account',
            'In the central account only',
          ],
          [
            'When the central account is lost',
            'The source accounts keep their own backups',
            'Backups and policies are lost together',
          ],
          ['When a source account is lost', 'The target account restores', 'The central account restores'],
          [
            'Rights needed',
            'A share of one vault; nothing else of either account',
            'A role in every account that is backed up',
          ],
          ['In Crossvault', 'Yes', 'No'],
        ]}
      />
      <p>
        The two go together well where they exist: central policies, and a copy that the centre cannot take
        away.
      </p>
    </>
  );
}
