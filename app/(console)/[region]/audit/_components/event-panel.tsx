import { Id } from '@/components/ui/copyable';
import { Nothing, Time } from '@/components/ui/quantities';
import { ScrollX } from '@/components/ui/scroll-x';
import { PanelBody, SidePanel } from '@/components/ui/side-panel';
import { Summary } from '@/components/ui/summary';
import type { AuditEvent } from '@/lib/audit/schemas';
import { nameAction } from './action-words';
import { Actor, actorWords, Resource } from './audit-columns';
import { compare, showValue } from './compare';

/** One event with what it changed. */
export function EventPanel({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const changes = compare(event.before, event.after);
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={nameAction(event.action)}
      description={<Time at={event.at} />}
    >
      <PanelBody>
        <Summary
          columns={2}
          items={[
            {
              label: `By (${actorWords[event.actor.kind].word.toLowerCase()})`,
              value: <Actor actor={event.actor} />,
            },
            { label: 'Actor’s id', value: <Id value={event.actor.id} /> },
            { label: 'On', value: <Resource resource={event.resource} /> },
            { label: 'Action', value: <span className="font-mono text-sm">{event.action}</span> },
            { label: 'From address', value: event.ip ?? <Nothing label="No address" /> },
            { label: 'Row of the chain', value: event.seq },
            { label: 'Request', value: <Id value={event.requestId} cut="whole" /> },
          ]}
        />
        <section>
          <h3 className="mb-2 font-semibold">What changed</h3>
          {changes.length === 0 ? (
            <p className="text-muted">This event noted no values.</p>
          ) : (
            <ScrollX label="What changed" className="rounded-md border border-line">
              <table className="w-full text-left text-sm">
                <thead className="border-line border-b bg-sunken text-muted">
                  <tr>
                    {['Field', 'Before', 'After'].map((title) => (
                      <th key={title} scope="col" className="px-3 py-1.5 font-medium">
                        {title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {changes.map((change) => (
                    <tr key={change.field} className="border-line border-b align-top last:border-b-0">
                      <th scope="row" className="px-3 py-1.5 font-normal text-muted">
                        {change.field}
                      </th>
                      <Value value={change.before} />
                      <Value value={change.after} />
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollX>
          )}
        </section>
      </PanelBody>
    </SidePanel>
  );
}

function Value({ value }: { value: unknown }) {
  const text = showValue(value);
  return (
    <td className="px-3 py-1.5">
      {text === null ? (
        <Nothing />
      ) : (
        <span className="wrap-anywhere whitespace-pre-wrap font-mono">{text}</span>
      )}
    </td>
  );
}
