'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { principalQuery } from '@/lib/resource-shares/query';

export interface NamedAccount {
  id: string;
  name: string;
}

interface PrincipalInputProps {
  values: NamedAccount[];
  onValuesChange: (values: NamedAccount[]) => void;
  limit: number;
  error?: string;
}

/** Accounts by UID, one at a time; each is looked up, so that its name is seen before anyone is invited. */
export function PrincipalInput({ values, onValuesChange, limit, error }: PrincipalInputProps) {
  const queryClient = useQueryClient();
  const [uid, setUid] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isChecking, setIsChecking] = useState(false);

  const add = async () => {
    const wanted = uid.replaceAll(/[\s-]/g, '');
    const fault = findFault(wanted, values, limit);
    setProblem(fault);
    if (fault) return;
    setIsChecking(true);
    try {
      const account = await queryClient.fetchQuery(principalQuery(wanted));
      onValuesChange([...values, { id: account.accountId, name: account.name }]);
      setUid('');
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
    <div className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <Field
          label="Account UID"
          hint={`16 digits; they stand in the top bar of that account’s console. ${values.length} of ${limit} added.`}
          error={problem ?? error}
          className="min-w-0 flex-1"
        >
          <Input
            value={uid}
            onChange={(event) => {
              setUid(event.target.value);
              setProblem(null);
            }}
            onKeyDown={pressKey}
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
          />
        </Field>
        <Button className="mt-[27px]" icon={<Plus />} onClick={() => void add()} isLoading={isChecking}>
          Add account
        </Button>
      </div>
      {values.length > 0 && (
        <ul
          aria-label="Accounts to invite"
          className="divide-y divide-line rounded-md border border-line bg-sunken"
        >
          {values.map((account) => (
            <li key={account.id} className="flex items-center gap-3 py-1 pr-1 pl-3">
              <span className="min-w-0 flex-1 truncate font-medium">{account.name}</span>
              <span className="font-mono text-muted text-sm">{account.id}</span>
              <IconButton
                size="icon-sm"
                label={`Remove ${account.name}`}
                icon={<X />}
                onClick={() => onValuesChange(values.filter((other) => other.id !== account.id))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function findFault(uid: string, values: NamedAccount[], limit: number): string | null {
  if (!/^[0-9]{16}$/.test(uid)) return 'An account UID is 16 digits.';
  if (values.some((account) => account.id === uid)) return 'This account is in the list already.';
  return values.length >= limit ? `No more than ${limit} accounts at once.` : null;
}

function readProblem(cause: unknown): string {
  const { fields, message } = cause as Error & { fields?: Record<string, string> };
  return fields?.accountId ?? message;
}
