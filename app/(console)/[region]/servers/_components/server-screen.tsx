'use client';

import { useQuery } from '@tanstack/react-query';
import { Monitor, Terminal } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import { serverConsoleQuery, serverScreenQuery } from '@/lib/servers/query';
import type { Server } from '@/lib/servers/schemas';

/** What the guest's screen shows, looked at every few seconds. */
export function ServerScreen({ server }: { server: Server }) {
  const screen = useQuery({ ...serverScreenQuery(server.id), enabled: server.state === 'running' });
  if (server.state !== 'running') {
    return (
      <section className="panel">
        <EmptyState icon={<Monitor />} title="The server does not run">
          Start it to see its screen.
        </EmptyState>
      </section>
    );
  }
  if (screen.error && !screen.data)
    return (
      <section className="panel">
        <ErrorState onRetry={() => void screen.refetch()}>{screen.error.message}</ErrorState>
      </section>
    );
  if (!screen.data?.png) return <Skeleton className="h-80 w-full" />;
  return (
    <section className="panel overflow-hidden bg-black p-2">
      {/* A data address: the picture changes every few seconds and is nobody's to cache. */}
      {/* biome-ignore lint/performance/noImgElement: see above */}
      <img
        className="mx-auto block h-auto max-w-full"
        src={`data:image/png;base64,${screen.data.png}`}
        alt={`Screen of ${server.name}`}
      />
    </section>
  );
}

/** The end of what the guest wrote to its serial console; kept over restarts. */
export function ServerConsole({ server }: { server: Server }) {
  const output = useQuery(serverConsoleQuery(server.id));
  if (output.error && !output.data)
    return (
      <section className="panel">
        <ErrorState onRetry={() => void output.refetch()}>{output.error.message}</ErrorState>
      </section>
    );
  if (!output.data) return <Skeleton className="h-80 w-full" />;
  if (output.data.text === '') {
    return (
      <section className="panel">
        <EmptyState icon={<Terminal />} title="Nothing on the serial console yet">
          What the guest writes to its first serial port appears here.
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="panel">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
        tabIndex={0}
        role="log"
        aria-label={`Serial console of ${server.name}`}
        className="max-h-[32rem] overflow-auto whitespace-pre-wrap break-all p-4 font-mono text-sm leading-snug"
      >
        {plainText(output.data.text)}
      </pre>
    </section>
  );
}

/** Without what moves a terminal's cursor or colours it. */
function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[()][0-9A-B]|[\u0000-\u0008\u000b-\u001f]/g, '');
}
