import type { TestDatabase } from '@/db/testing/harness';
import { type Fault, FaultStore, MemoryStore, type ObjectStore } from '@/lib/engine/core';
import { type ZonePlace, zonedStorage } from '@/lib/engine/vaults';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';

/** A zone in memory that can be away, and whose objects can be harmed behind the engine's back. */
export class TestZone implements ZonePlace {
  readonly vaults = new Map<string, MemoryStore>();
  isAway = false;

  constructor(readonly id: string) {}

  vaultStore(vaultId: string): ObjectStore {
    return new FaultStore(this.objectsOf(vaultId), (): Fault => (this.isAway ? 'before' : null));
  }

  objectsOf(vaultId: string): MemoryStore {
    const store = this.vaults.get(vaultId) ?? new MemoryStore();
    this.vaults.set(vaultId, store);
    return store;
  }

  async removeVault(vaultId: string): Promise<void> {
    this.vaults.delete(vaultId);
  }

  packsOf(vaultId: string): string[] {
    return this.namesOf(vaultId).filter((name) => name.startsWith('packs/'));
  }

  namesOf(vaultId: string): string[] {
    return [...this.objectsOf(vaultId).objects.keys()].sort();
  }

  /** Changes one bit in the middle of every pack, or of those given. */
  rot(vaultId: string, names = this.packsOf(vaultId)): void {
    for (const name of names) {
      const object = this.objectsOf(vaultId).objects.get(name)!;
      object.bytes = Buffer.from(object.bytes);
      object.bytes[object.bytes.length >> 1]! ^= 1;
    }
  }
}

/** An environment whose every region has these zones. */
export async function zonedEnvironment(database: TestDatabase, zones: readonly ZonePlace[]) {
  return { ...(await testEnvironment(database)), storage: zonedStorage(database.engine, () => zones) };
}
