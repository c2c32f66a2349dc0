import { Building2, Folder, Network } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { plural } from '@/components/ui/format';
import type { StatusKind } from '@/components/ui/status';
import type { AssociationStatus, Principal } from '@/lib/resource-shares/schemas';

export interface NamedPrincipal {
  type: Principal['type'];
  id: string;
  name: string;
}

export const principalWords = {
  account: { word: 'Account', Icon: Building2 },
  directory: { word: 'Resource directory', Icon: Network },
  folder: { word: 'Folder', Icon: Folder },
} as const;

export const associationWords: Record<AssociationStatus, { kind: StatusKind; word: string }> = {
  associating: { kind: 'pending', word: 'Associating' },
  associated: { kind: 'success', word: 'Associated' },
  failed: { kind: 'danger', word: 'Failed' },
  disassociating: { kind: 'running', word: 'Disassociating' },
  disassociated: { kind: 'off', word: 'Disassociated' },
};

/** What a principal is called where its type stands beside it. */
export function principalName({
  type,
  name,
  id,
}: {
  type: Principal['type'];
  name: string | null;
  id: string;
}): string {
  if (type === 'directory') return name ? `All members of ${name}’s directory` : id;
  return name ?? id;
}

export function PrincipalBadges({ type, isExternal }: { type: Principal['type']; isExternal?: boolean }) {
  const { word, Icon } = principalWords[type];
  return (
    <>
      <Badge>
        <Icon className="size-3" aria-hidden />
        {word}
      </Badge>
      {isExternal && <Badge tone="warning">External</Badge>}
    </>
  );
}

export const keyName = ({ id, alias }: { id: string; alias: string | null }) => alias ?? id;

/** How much a share holds, in words; empty when it holds nothing. */
export function holdings({ vaultCount, keyCount }: { vaultCount: number; keyCount: number }): string {
  return [
    ...(vaultCount > 0 ? [plural(vaultCount, 'vault')] : []),
    ...(keyCount > 0 ? [plural(keyCount, 'key')] : []),
  ].join(', ');
}
