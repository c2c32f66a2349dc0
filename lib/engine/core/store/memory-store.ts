import { type Clock, systemClock } from '@/lib/clock';
import { defaultListLimit, objectMissing, rangeOutside, requireObjectName } from './object-names';
import type { ByteRange, ObjectPage, ObjectStat, ObjectStore } from './object-store';

/** Keeps objects in memory, for tests. `objects` is open to them, to damage what is stored. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, { bytes: Buffer; modifiedAt: Date }>();

  constructor(private readonly clock: Clock = systemClock) {}

  async putIfAbsent(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'> {
    requireObjectName(name);
    if (this.objects.has(name)) return 'exists';
    const whole = Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes);
    this.objects.set(name, { bytes: whole, modifiedAt: this.clock.now() });
    return 'created';
  }

  async get(name: string, range?: ByteRange): Promise<Uint8Array> {
    const object = this.objects.get(requireObjectName(name));
    if (!object) throw objectMissing(name);
    const { offset, length } = range ?? { offset: 0, length: object.bytes.length };
    if (offset + length > object.bytes.length) {
      throw rangeOutside(name, { offset, length }, object.bytes.length);
    }
    return Uint8Array.from(object.bytes.subarray(offset, offset + length));
  }

  async list(prefix: string, options: { after?: string; limit?: number } = {}): Promise<ObjectPage> {
    const { after = '', limit = defaultListLimit } = options;
    const names = [...this.objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
    const objects = names
      .slice(0, limit)
      .map((name) => ({ name, sizeBytes: this.objects.get(name)!.bytes.length }));
    return { objects, next: names.length > limit ? objects.at(-1)!.name : null };
  }

  async delete(name: string): Promise<void> {
    this.objects.delete(requireObjectName(name));
  }

  async stat(name: string): Promise<ObjectStat | null> {
    const object = this.objects.get(requireObjectName(name));
    return object ? { name, sizeBytes: object.bytes.length, modifiedAt: object.modifiedAt } : null;
  }
}
