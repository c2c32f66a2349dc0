import { z } from 'zod';

/** What a server's machine has. Small, because machines run beside the engine. */
export const flavours = {
  tiny: { word: 'Tiny', vcpus: 1, memoryMib: 256 },
  small: { word: 'Small', vcpus: 1, memoryMib: 512 },
  medium: { word: 'Medium', vcpus: 1, memoryMib: 1024 },
  large: { word: 'Large', vcpus: 2, memoryMib: 2048 },
  xlarge: { word: 'Extra large', vcpus: 4, memoryMib: 4096 },
} as const;

export const Flavour = z.enum(['tiny', 'small', 'medium', 'large', 'xlarge']);
export type Flavour = z.infer<typeof Flavour>;

/** `Small: 1 vCPU, 512 MiB` */
export function flavourInWords(flavour: string): string {
  const parsed = Flavour.safeParse(flavour);
  if (!parsed.success) return flavour;
  const { word, vcpus, memoryMib } = flavours[parsed.data];
  const memory = memoryMib >= 1024 ? `${memoryMib / 1024} GiB` : `${memoryMib} MiB`;
  return `${word}: ${vcpus} vCPU${vcpus > 1 ? 's' : ''}, ${memory}`;
}
