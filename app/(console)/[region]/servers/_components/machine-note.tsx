'use client';

import { useQuery } from '@tanstack/react-query';
import { Callout } from '@/components/ui/callout';
import { machineHostQuery } from '@/lib/servers/query';

/** What runs servers here, where that is not what people expect. */
export function MachineNote() {
  const host = useQuery(machineHostQuery()).data;
  if (!host) return null;
  if (!host.isInstalled) {
    return (
      <Callout kind="warning">
        QEMU is not installed on the machine of the engine, so servers cannot be started. Creating, backing
        up, sharing and restoring them works all the same.
      </Callout>
    );
  }
  if (host.accelerator === 'kvm') return null;
  return (
    <Callout>
      {`Servers run with QEMU ${host.version ?? ''} in software (TCG), because no guest booted with KVM on this machine. They are slow, and good for looking at what a backup holds.`}
    </Callout>
  );
}
