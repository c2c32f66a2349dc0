'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Directory } from '@/lib/directory/schemas';
import { principalQuery } from '@/lib/resource-shares/query';
import { type NamedPrincipal, principalWords } from './principal-words';

interface ManualPrincipalProps {
  values: NamedPrincipal[];
  onAdd: (principal: NamedPrincipal) => void;
  /** Null when directories and folders cannot be named; then `directoryRefusal` says why. */
  directory: Directory | null;
  directoryRefusal: string | null;
  scope: 'any_account' | 'directory_only';
  limit: number;
  error?: string;
}

const idFields = {
  account: {
    label: 'Account UID',
    hint: '16 digits; they stand in the top bar of that account’s console.',
    button: 'Add account',
  },
  directory: {
    label: 'Resource directory id',
    hint: 'Begins with rd-; it stands on the page Resource directory.',
    button: 'Add directory',
  },
  folder: {
    label: 'Folder id',
    hint: 'Begins with fd-; it stands beside the folder on the page Resource directory.',
    button: 'Add folder',
  },
} as const;

/** One principal by its id, looked up so that its name is seen before anything is shared. */
export function ManualPrincipal(props: ManualPrincipalProps) {
  const { values, onAdd, directory, directoryRefusal, scope, limit, error } = props;
  const queryClient = useQueryClient();
  const [type, setType] = useState<NamedPrincipal['type']>('account');
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isChecking, setIsChecking] = useState(false);
  const { label, hint, button } = idFields[type];

  const lookUp = async (id: string): Promise<NamedPrincipal> => {
    if (type !== 'account') return { type, id, name: findName(directory, type, id) };
    const account = await queryClient.fetchQuery(principalQuery(id));
    if (scope === 'directory_only' && !account.isInside) {
      throw new Error(
        'This account is not in the resource directory, and this share is for its accounts only.',
      );
    }
    return { type, id: account.accountId, name: account.name };
  };
  const add = async () => {
    const wanted = type === 'account' ? typed.replaceAll(/[\s-]/g, '') : typed.trim();
    const fault = findFault(type, wanted, values, limit);
    setProblem(fault);
    if (fault) return;
    setIsChecking(true);
    try {
      onAdd(await lookUp(wanted));
      setTyped('');
    } catch (cause) {
      setProblem(readProblem(cause));
    } finally {
      setIsChecking(false);
    }
  };
  const pressKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    // The field may stand inside a form, which must not be sent.
    event.preventDefault();
    void add();
  };
  return (
    <div className="flex flex-wrap items-start gap-2">
      <Field label="Principal type" className="min-w-40 flex-1 basis-40">
        <Select
          value={type}
          onValueChange={(value) => {
            setType(value as NamedPrincipal['type']);
            setProblem(null);
          }}
          options={(['account', 'directory', 'folder'] as const).map((option) => ({
            value: option,
            label: principalWords[option].word,
            disabledReason: option === 'account' ? null : directoryRefusal,
          }))}
        />
      </Field>
      <Field
        label={label}
        hint={limit > 1 ? `${hint} ${values.length} of ${limit} added.` : hint}
        error={problem ?? error}
        className="min-w-0 flex-[2] basis-56"
      >
        <Input
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem(null);
          }}
          onKeyDown={pressKey}
          inputMode={type === 'account' ? 'numeric' : 'text'}
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
        />
      </Field>
      <Button className="mt-[27px]" icon={<Plus />} onClick={() => void add()} isLoading={isChecking}>
        {button}
      </Button>
    </div>
  );
}

function findName(directory: Directory | null, type: 'directory' | 'folder', id: string): string {
  if (!directory) throw new Error('This account is in no resource directory.');
  if (type === 'directory') {
    if (id === directory.id) return directory.management.name;
    throw new Error('This is not the resource directory of this account.');
  }
  const folder = directory.folders.find((one) => one.id === id && one.parentId !== null);
  if (folder) return folder.name;
  throw new Error('The resource directory of this account has no such folder.');
}

const shapes = { account: /^[0-9]{16}$/, directory: /^rd-[0-9a-z]+$/, folder: /^fd-[0-9a-z]+$/ };
const shapeFaults = {
  account: 'An account UID is 16 digits.',
  directory: 'A resource directory id begins with rd-.',
  folder: 'A folder id begins with fd-.',
};

function findFault(
  type: NamedPrincipal['type'],
  id: string,
  values: NamedPrincipal[],
  limit: number,
): string | null {
  if (!shapes[type].test(id)) return shapeFaults[type];
  if (values.some((value) => value.type === type && value.id === id)) return 'This is in the list already.';
  return limit > 1 && values.length >= limit ? `No more than ${limit} principals at once.` : null;
}

function readProblem(cause: unknown): string {
  const { fields, message } = cause as Error & { fields?: Record<string, string> };
  return fields?.accountId ?? message;
}
