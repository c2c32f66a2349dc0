import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nameToHex } from './names';
import { putPoint } from './point-store';
import { formatServiceKey } from './service-key';
import type { MemoryStore } from './store/memory-store';
import { noise, prose } from './test-bytes';
import { createTestVault, testLineage, testServiceKey } from './test-vault';
import { ContentBuilder, TreeBuilder } from './tree/tree-builder';
import { wasmZstd } from './zstd';

/*
 * A reader written from docs/vault-format.md. It takes nothing from the code it checks but the stored bytes and, since
 * Node 20 has none, a zstd decompressor.
 */
class PaperReader {
  vaultId = '';
  readonly vaultKeys = new Map<number, Buffer>();
  readonly chunks = new Map<string, Buffer>();

  constructor(
    private readonly objects: Map<string, Buffer>,
    serviceKeyText: string,
  ) {
    const serviceKey = Buffer.from(serviceKeyText.slice('cvsk1:'.length), 'base64url');
    const [key, checksum] = [serviceKey.subarray(0, 32), serviceKey.subarray(32)];
    expect(createHash('sha256').update('crossvault service key').update(key).digest().subarray(0, 4)).toEqual(
      checksum,
    );
    this.vaultId = JSON.parse(objects.get('vault.json')!.toString()).vaultId;
    for (const name of objects.keys()) {
      if (name.startsWith('keys/'))
        this.vaultKeys.set(
          Number(name.slice(5)),
          this.openObject(name, 1, () => key),
        );
    }
  }

  derive(secret: Buffer, salt: Buffer, info: string, commitment: Buffer): Buffer {
    const bytes = Buffer.from(hkdfSync('sha256', secret, salt, info, 64));
    expect(bytes.subarray(32)).toEqual(commitment);
    return bytes.subarray(0, 32);
  }

  decrypt(key: Buffer, number: number, aad: Buffer, sealed: Buffer): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(number, 8);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  }

  openObject(
    name: string,
    kind: number,
    secretOf = (version: number) => this.vaultKeys.get(version)!,
  ): Buffer {
    const bytes = this.objects.get(name)!;
    expect(bytes.subarray(0, 4).toString()).toBe('CVSO');
    expect([bytes[4], bytes[5]]).toEqual([1, kind]);
    const end = 11 + bytes[10]! + 64;
    const salt = bytes.subarray(end - 64, end - 32);
    const secret = secretOf(bytes.readUInt32BE(6));
    const key = this.derive(secret, salt, `crossvault/1/object/${kind}`, bytes.subarray(end - 32, end));
    const aad = Buffer.concat([bytes.subarray(0, end), Buffer.from(`${this.vaultId}\0${name}`)]);
    return this.decrypt(key, 0, aad, bytes.subarray(end));
  }

  readPack(objectName: string, namingKey: Buffer): void {
    const pack = this.objects.get(objectName)!;
    const sha256 = createHash('sha256').update(pack).digest('hex');
    expect(objectName).toBe(`packs/${sha256.slice(0, 2)}/${sha256}`);
    const header = pack.subarray(0, 76);
    const trailer = pack.subarray(-88);
    expect(trailer.subarray(0, 76)).toEqual(header);
    expect(header.subarray(0, 4).toString() + trailer.subarray(-4).toString()).toBe('CVPKCVPE');
    const type = header[5]!;
    const secret = this.vaultKeys.get(header.readUInt32BE(8))!;
    const key = this.derive(secret, header.subarray(12, 44), 'crossvault/1/pack', header.subarray(44, 76));
    const open = (number: number, tag: number, sealed: Buffer) => {
      const place = Buffer.alloc(5);
      place.writeUInt32BE(number, 0);
      place[4] = tag;
      return this.decrypt(key, number, Buffer.concat([header, place, Buffer.from(this.vaultId)]), sealed);
    };
    const n = trailer.readUInt32BE(76);
    const tableLength = trailer.readUInt32BE(80);
    const table = open(n + 1, 4, pack.subarray(pack.length - 88 - tableLength, pack.length - 88));
    expect(table).toHaveLength((n + 1) * 17);
    const plainOf = (number: number, tag: number) => {
      const [offset, sealedLength, plainLength] = [0, 4, 8].map((at) =>
        table.readUInt32BE(number * 17 + at),
      ) as [number, number, number];
      const body = open(number, tag, pack.subarray(offset, offset + sealedLength));
      const plain =
        table[number * 17 + 16] === 1 ? Buffer.from(wasmZstd().decompress(body, plainLength)) : body;
      expect(plain).toHaveLength(plainLength);
      return plain;
    };
    const rows = plainOf(n, 3);
    let row = 0;
    for (let number = 0; number < n; number++) {
      const plain = plainOf(number, type);
      let offset = 0;
      for (let i = table.readUInt32BE(number * 17 + 12); i > 0; i--, row += 20) {
        const bytes = plain.subarray(offset, offset + rows.readUInt32BE(row + 16));
        offset += bytes.length;
        const mac = createHmac('sha256', namingKey).update(Buffer.of(type)).update(bytes).digest();
        expect(mac.subarray(0, 16)).toEqual(rows.subarray(row, row + 16));
        this.chunks.set(rows.subarray(row, row + 16).toString('hex'), bytes);
      }
      expect(offset).toBe(plain.length);
    }
    expect(row).toBe(rows.length);
  }

  /** All files below a listing, by path in Latin-1. */
  readTree(
    name: Buffer,
    prefix = '',
    files = new Map<string, { bytes: Buffer; mtime: bigint; mode: number }>(),
  ) {
    const page = this.chunks.get(name.toString('hex'))!;
    let at = 0;
    const raw = (count: number) => {
      at += count;
      return page.subarray(at - count, at);
    };
    const u8 = () => page[at++]!;
    const varint = () => {
      for (let value = 0, scale = 1; ; scale *= 128) {
        const byte = u8();
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    expect(u8()).toBe(1);
    expect(u8()).toBe(1);
    const level = u8();
    for (let left = varint(); left > 0; left--) {
      if (level > 0) {
        this.readTree(raw(16), prefix, files);
        raw(u8());
        for (let i = 0; i < 4; i++) varint();
        continue;
      }
      const path = prefix + raw(u8()).toString('latin1');
      const type = u8();
      const flags = u8();
      const [mode, , , mtime] = [varint(), varint(), varint(), raw(8).readBigInt64BE()];
      if (flags & 1) raw(8);
      if (flags & 2) raw(8);
      if (flags & 4) raw(varint());
      if (flags & 8) raw(varint());
      if (flags & 16) raw(8);
      if (flags & 32) for (let i = varint(); i > 0; i--) [raw(varint()), raw(varint())];
      if (flags & 64) [varint(), varint()];
      if (type === 1) {
        const size = varint();
        const count = u8();
        const parts: Buffer[] = [];
        if (count === 255) this.readChunkList(raw(16), parts);
        else for (let i = 0; i < count; i++, varint()) parts.push(this.chunks.get(raw(16).toString('hex'))!);
        const bytes = Buffer.concat(parts);
        expect(bytes).toHaveLength(size);
        files.set(path, { bytes, mtime, mode });
      } else if (type === 2) {
        this.readTree(raw(16), `${path}/`, files);
        for (let i = 0; i < 3; i++) varint();
      } else if (type === 3) {
        files.set(path, { bytes: raw(varint()), mtime, mode });
      }
    }
    expect(at).toBe(page.length);
    return files;
  }

  readChunkList(name: Buffer, parts: Buffer[]): void {
    const page = this.chunks.get(name.toString('hex'))!;
    expect([page[0], page[1]]).toEqual([1, 2]);
    let at = 3;
    const varint = () => {
      for (let value = 0, scale = 1; ; scale *= 128) {
        const byte = page[at++]!;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    for (let left = varint(); left > 0; left--) {
      const child = page.subarray(at, at + 16);
      at += 16;
      varint();
      if (page[2] === 0) parts.push(this.chunks.get(child.toString('hex'))!);
      else {
        varint();
        this.readChunkList(child, parts);
      }
    }
  }
}

describe('docs/vault-format.md', () => {
  it('is enough to read a vault', async () => {
    const vault = await createTestVault();
    const expected = await fill(vault);
    const objects = new Map(
      [...(vault.store as MemoryStore).objects].map(([name, { bytes }]) => [name, bytes]),
    );
    const reader = new PaperReader(objects, formatServiceKey(testServiceKey.key));
    const manifest = JSON.parse(reader.openObject('points/p1', 3).toString());
    expect(manifest).toMatchObject({
      version: 1,
      pointId: 'p1',
      host: 'h',
      finishedAt: '1970-01-01T00:00:02.000Z',
    });
    const namingKey = reader.openObject(`lineages/${manifest.lineageId}`, 2);
    for (const name of objects.keys()) if (name.startsWith('packs/')) reader.readPack(name, namingKey);
    const files = reader.readTree(Buffer.from(manifest.root, 'hex'));
    expect([...files.keys()]).toEqual([...expected.keys()]);
    for (const [path, { bytes, mtime, mode }] of files) {
      expect(bytes.equals(expected.get(path)!), path).toBe(true);
      expect([mtime, mode]).toEqual([-5n, 0o640]);
    }
    expect(manifest.totals.files).toBe(expected.size);
  });
});

/** Some of everything: many pages, many chunks, nested folders, links, all optional fields. */
async function fill(vault: Awaited<ReturnType<typeof createTestVault>>): Promise<Map<string, Buffer>> {
  const expected = new Map<string, Buffer>();
  const writer = vault.writer({ packBytes: 100_000 });
  const emit = (chunk: Parameters<typeof writer.put>[0]) => writer.put(chunk);
  const tree = new TreeBuilder(vault.namingKey, emit);
  const meta = (name: string) => ({
    name: Buffer.from(name, 'latin1'),
    mode: 0o640,
    uid: 1,
    gid: 70_000,
    mtimeNs: -5n,
  });
  const addFile = async (path: string, name: string, pieces: Buffer[], more = {}) => {
    const content = new ContentBuilder(vault.namingKey, emit);
    for (const piece of pieces) {
      const chunk = vault.chunk(piece);
      await writer.put(chunk);
      await content.add(chunk.name, piece.length);
    }
    const { sizeBytes } = content;
    await tree.add({ ...meta(name), ...more, type: 'file', sizeBytes, content: await content.finish() });
    expected.set(path + name, Buffer.concat(pieces));
  };
  await tree.enterDir(meta('docs'));
  for (let i = 1000; i < 2500; i++) await addFile('docs/', `n${i}`, i % 100 ? [] : [prose(i, i)]);
  await tree.leaveDir();
  await addFile(
    '',
    'large',
    Array.from({ length: 4000 }, (_, i) => noise(40 + (i % 5), i)),
  );
  await addFile('', 'm\xe9dium\n', [prose(90_000), noise(2000), prose(300, 9)], {
    ctimeNs: 12n,
    inode: 2n ** 63n,
    owner: 'ann',
    group: 'staff',
    hardLinkGroup: 7n,
    xattrs: [{ name: Buffer.from('user.a'), value: noise(300) }],
  });
  await tree.add({ ...meta('z'), type: 'symlink', target: Buffer.from('docs/n1000') });
  expected.set('z', Buffer.from('docs/n1000'));
  const root = await tree.finish();
  await writer.flush();
  expect(nameToHex(root.root)).toHaveLength(32);
  await putPoint(vault.store, vault.keys, {
    pointId: 'p1',
    vaultId: 'vault-1',
    lineageId: testLineage,
    kind: 'files',
    root,
    sourceId: 's',
    origin: null,
    host: 'h',
    paths: ['/'],
    startedAt: new Date(1000),
    finishedAt: new Date(2000),
    parentPointId: null,
    expiresAt: null,
    stats: { files: 0, dirs: 0, symlinks: 0, sourceBytes: 0, readBytes: 0, newBytes: 0, unreadable: 0 },
  });
  return expected;
}
