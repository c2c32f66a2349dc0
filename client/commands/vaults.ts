import type { Command } from 'commander';
import { VaultList } from '@/lib/engine/wire';
import { printable } from '../format';
import { connectEnrolled } from '../net/connect';
import { configOption, folderOf } from './context';

export function registerVaults(program: Command): void {
  program
    .command('vaults')
    .description('list the vaults this host may back up into')
    .option('--json', 'for machines')
    .option(...configOption)
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const gateway = await connectEnrolled(folderOf(command));
      try {
        const { vaults } = await gateway.getJson('/v1/vaults', VaultList);
        if (json) process.stdout.write(`${JSON.stringify({ vaults })}\n`);
        else if (vaults.length === 0)
          process.stdout.write('This account has no vault yet. Create one in the console under Vaults.\n');
        else
          process.stdout.write(
            table(
              vaults.map(({ id, region, name, takes }) => [id, region, printable(name), ...streamsOf(takes)]),
            ),
          );
      } finally {
        gateway.close();
      }
    });
}

const streamWords: Record<string, string> = {
  database_dump: 'for database dumps',
  container_image: 'for container images',
};

const streamsOf = (takes: string[]) => [takes.flatMap((kind) => streamWords[kind] ?? [])[0] ?? 'for files'];

function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
