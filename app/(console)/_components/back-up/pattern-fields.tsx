'use client';

import { plural } from '@/components/ui/format';
import type { SourceKind } from '@/lib/schemas';
import { TextListField } from './text-list-field';

export interface Patterns {
  includes: string[];
  excludes: string[];
}

interface PatternFieldsProps {
  kind: SourceKind;
  values: Patterns;
  onChange: (part: Partial<Patterns>) => void;
  errors?: Record<string, string>;
}

interface Words {
  only: string;
  without: string;
  onlyLike: string;
  withoutLike: string;
}

const files: Words = {
  only: 'Patterns below the folders: *.pdf takes such files alone, reports/ a folder of that name with all in it.',
  without: '*.tmp leaves out such files everywhere, cache/ a folder of that name. It wins over the above.',
  onlyLike: '*.pdf',
  withoutLike: '*.tmp',
};
const objects: Words = {
  only: 'Patterns of keys, beside those of the data source: *.parquet, photos/.',
  without:
    '*.tmp leaves out such objects everywhere, cache/ all below such a prefix. It wins over the above.',
  onlyLike: '*.parquet',
  withoutLike: '*.tmp',
};
const tables: Words = {
  only: 'Patterns of table names: orders_* takes tables whose name begins so.',
  without: '*_tmp leaves out tables whose name ends so. It wins over the above.',
  onlyLike: 'orders_*',
  withoutLike: '*_tmp',
};
const words: Partial<Record<SourceKind, Words>> = { oss: objects, tablestore: tables };

/** What a backup takes, and what it leaves out, below the paths that were chosen. */
export function PatternFields({ kind, values, onChange, errors }: PatternFieldsProps) {
  const { only, without, onlyLike, withoutLike } = words[kind] ?? files;
  const count = values.includes.length;
  return (
    <>
      <TextListField
        name="includes"
        label="Take only"
        addLabel="Add pattern"
        hint={count > 0 ? `${only} Nothing but what ${plural(count, 'pattern')} names is backed up.` : only}
        placeholder={onlyLike}
        values={values.includes}
        onValuesChange={(includes) => onChange({ includes })}
        errors={errors}
        isOptional
      />
      <TextListField
        name="excludes"
        label="Leave out"
        addLabel="Add pattern"
        hint={without}
        placeholder={withoutLike}
        values={values.excludes}
        onValuesChange={(excludes) => onChange({ excludes })}
        errors={errors}
        isOptional
      />
    </>
  );
}
