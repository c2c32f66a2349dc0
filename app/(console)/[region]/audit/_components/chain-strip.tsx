'use client';

import { useQuery } from '@tanstack/react-query';
import { FileKey2, Link2, ShieldCheck } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { buttonStyles } from '@/components/ui/button-styles';
import { Callout } from '@/components/ui/callout';
import { RelativeTime } from '@/components/ui/quantities';
import { auditChainQuery, auditCheckQuery, auditKeyHref, signedExportHref } from '@/lib/audit/query';
import type { AuditChain, AuditCheck } from '@/lib/audit/schemas';

/** Where the chain stands, and what to keep elsewhere so that nobody can rewrite it unnoticed. */
export function ChainStrip() {
  const chain = useQuery(auditChainQuery()).data;
  const check = useQuery(auditCheckQuery());
  if (!chain || chain.rows === 0) return null;
  return (
    <section aria-label="Audit chain" className="panel mb-4 flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex min-w-0 gap-2.5">
          <Link2 className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
          <div className="min-w-0">
            <p className="font-medium">{chain.rows.toLocaleString('en')} rows in one chain</p>
            <p className="text-muted">
              <Signed signed={chain.signed} /> Keep a signed export and the public key elsewhere:{' '}
              <code className="font-mono text-sm">crossvault audit verify</code> finds any row changed or
              removed since.
            </p>
          </div>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button icon={<ShieldCheck />} isLoading={check.isFetching} onClick={() => void check.refetch()}>
            Check rows
          </Button>
          <a href={signedExportHref()} download className={buttonStyles()}>
            <Link2 aria-hidden />
            Signed export
          </a>
          <a href={auditKeyHref()} download className={buttonStyles()}>
            <FileKey2 aria-hidden />
            Public key
          </a>
        </div>
      </div>
      {check.error && <Callout kind="danger">{check.error.message}</Callout>}
      {check.data && !check.isFetching && <Outcome check={check.data} />}
    </section>
  );
}

function Signed({ signed }: Pick<AuditChain, 'signed'>) {
  if (!signed) return 'Not signed yet; the engine signs within the hour.';
  return (
    <>
      Signed up to row {signed.seq.toLocaleString('en')}, <RelativeTime at={signed.signedAt} />, by key{' '}
      <code className="font-mono text-sm">{signed.keyId}</code>.
    </>
  );
}

function Outcome({ check: { rows, firstBadSeq } }: { check: AuditCheck }) {
  if (firstBadSeq === null)
    return (
      <Callout kind="success">All {rows.toLocaleString('en')} rows hold what they were written with.</Callout>
    );
  return (
    <Callout kind="danger" title={`Row ${firstBadSeq} does not fit`}>
      It or a row before it was changed or removed in the database. Compare with an export that was kept
      elsewhere.
    </Callout>
  );
}
