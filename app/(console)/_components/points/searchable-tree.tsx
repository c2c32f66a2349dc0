'use client';

import { Search } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { FileTree } from '@/components/console/file-tree/file-tree';
import { Input } from '@/components/ui/input';
import type { SourceKind } from '@/lib/schemas';
import { useLoadChildren } from './use-load-children';
import { useSearchEntries } from './use-search-entries';
import { useSettled } from './use-settled';

type SearchableTreeProps = { pointId: string; kind: SourceKind } & Omit<
  ComponentProps<typeof FileTree>,
  'loadChildren' | 'emptyText'
>;

/** The files of a point, folder by folder or by a part of their names; what was chosen in one is chosen in the other. */
export function SearchableTree({ pointId, kind, label, ...rest }: SearchableTreeProps) {
  const [text, setText] = useState('');
  const settled = useSettled(text.trim(), 300);
  const loadChildren = useLoadChildren(pointId, kind);
  const search = useSearchEntries(pointId, settled, kind);
  return (
    <div className="flex flex-col gap-2">
      <div className="relative">
        <Search
          className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
          aria-hidden
        />
        <Input
          type="search"
          aria-label="Find in this backup point"
          placeholder="Find by a part of a name, or of a path with a slash"
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
          autoCapitalize="none"
          className="pl-8"
        />
      </div>
      <FileTree
        key={settled}
        label={settled ? `Found: ${settled}` : label}
        loadChildren={settled ? search : loadChildren}
        emptyText={settled ? 'Nothing in this backup point is called so' : undefined}
        {...rest}
      />
    </div>
  );
}
