import { join } from 'node:path';
import { flavours } from '@/lib/servers/flavours';

export interface MachineDisk {
  position: number;
  file: string;
  format: 'raw' | 'qcow2';
  /** A file that holds the secret, for as long as the machine starts. */
  secretFile: string | null;
}

interface MachineInput {
  id: string;
  flavour: keyof typeof flavours;
  accelerator: 'kvm' | 'tcg';
  folder: string;
  disks: readonly MachineDisk[];
}

/**
 * How QEMU is called. The node that is backed up is what lies in the file, so an encrypted disk is opened one node above it. The
 * machine has no way out: its network ends in itself, and its sockets lie in a folder of its own.
 */
export function machineArguments({ id, flavour, accelerator, folder, disks }: MachineInput): string[] {
  const { vcpus, memoryMib } = flavours[flavour];
  const qmp = (name: string) => ['-qmp', `unix:${join(folder, name)},server=on,wait=off`];
  return [
    ...['-name', id, '-no-user-config', '-nodefaults'],
    ...['-machine', `q35,accel=${accelerator}`, '-cpu', accelerator === 'kvm' ? 'host' : 'max'],
    ...['-m', String(memoryMib), '-smp', String(vcpus)],
    ...['-display', 'none', '-vga', 'std'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny'],
    ...qmp('control.sock'),
    ...qmp('backup.sock'),
    ...['-chardev', `file,id=console,path=${join(folder, 'console.log')},append=on`],
    ...['-serial', 'chardev:console'],
    ...['-netdev', 'user,id=net0,restrict=on', '-device', 'virtio-net-pci,netdev=net0,romfile='],
    ...disks.flatMap(diskArguments),
  ];
}

function diskArguments({ position, file, format, secretFile }: MachineDisk): string[] {
  const node = (options: object) => ['-blockdev', JSON.stringify(options)];
  const [fileNode, diskNode, clearNode] = [`file-${position}`, `disk-${position}`, `clear-${position}`];
  return [
    ...node({ driver: 'file', filename: file, 'node-name': fileNode, discard: 'unmap' }),
    ...node({ driver: format, file: fileNode, 'node-name': diskNode, discard: 'unmap' }),
    ...(secretFile
      ? [
          ...['-object', `secret,id=secret-${position},file=${secretFile}`],
          ...node({
            driver: 'luks',
            file: diskNode,
            'key-secret': `secret-${position}`,
            'node-name': clearNode,
          }),
        ]
      : []),
    '-device',
    `virtio-blk-pci,drive=${secretFile ? clearNode : diskNode},bootindex=${position + 1}`,
  ];
}
