'use client';

import { CircleHelp } from 'lucide-react';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { buttonStyles } from '@/components/ui/button-styles';

export type HelpTopic = 'replication' | 'billing' | 'vaults' | 'lock' | 'restore';

const words: Record<HelpTopic, string> = {
  replication: 'How replication works',
  billing: 'What is charged to whom',
  vaults: 'Kinds of vaults',
  lock: 'What a lock does',
  restore: 'How each kind is restored',
};

/** Leads to one topic of the help page; from inside a form in a tab of its own, so that nothing typed is lost. */
export function HelpLink({ topic, isInline }: { topic: HelpTopic; isInline?: boolean }) {
  const { region } = useParams<{ region: string }>();
  return (
    <Link
      href={`/${region}/help#${topic}`}
      target={isInline ? '_blank' : undefined}
      className={isInline ? 'link underline' : buttonStyles({ variant: 'ghost' })}
    >
      {!isInline && <CircleHelp aria-hidden />}
      {words[topic]}
    </Link>
  );
}
