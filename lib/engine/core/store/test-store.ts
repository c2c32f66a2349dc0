import { beforeEach, describe, expect, it } from 'vitest';
import { noise } from '../test-bytes';
import type { ObjectStore } from './object-store';

/** What every adapter of `ObjectStore` promises. */
export function describeStore(title: string, create: () => Promise<ObjectStore>): void {
  describe(`${title} keeps the contract of a store`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await create();
    });
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

    it('puts once and never overwrites', async () => {
      expect(await store.putIfAbsent('a/b', Buffer.from('first'))).toBe('created');
      expect(await store.putIfAbsent('a/b', Buffer.from('second'))).toBe('exists');
      expect(text(await store.get('a/b'))).toBe('first');
    });

    it('lets exactly one of many concurrent puts win', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.putIfAbsent('race', Buffer.from(`writer ${i}`))),
      );
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(text(await store.get('race'))).toBe(`writer ${answers.indexOf('created')}`);
    });

    it('writes parts one after the other, many and empty ones too', async () => {
      const parts = Array.from({ length: 700 }, (_, i) => noise(i % 3 === 0 ? 0 : i, i));
      await store.putIfAbsent('parts', parts);
      expect(Buffer.from(await store.get('parts')).equals(Buffer.concat(parts))).toBe(true);
    });

    it('reads ranges exactly and refuses those that end past the object', async () => {
      await store.putIfAbsent('o', Buffer.from('0123456789'));
      expect(text(await store.get('o', { offset: 3, length: 4 }))).toBe('3456');
      expect(text(await store.get('o', { offset: 10, length: 0 }))).toBe('');
      await expect(store.get('o', { offset: 8, length: 3 })).rejects.toMatchObject({ code: 'corrupt_data' });
    });

    it('gives bytes that belong to the caller', async () => {
      await store.putIfAbsent('o', Buffer.from('abc'));
      (await store.get('o')).fill(0);
      expect(text(await store.get('o'))).toBe('abc');
    });

    it('answers for what is not there', async () => {
      await expect(store.get('nothing')).rejects.toMatchObject({ code: 'not_found' });
      await store.putIfAbsent('file', Buffer.from('x'));
      await expect(store.get('file/below')).rejects.toMatchObject({ code: 'not_found' });
      expect(await store.stat('nothing')).toBeNull();
      await expect(store.delete('nothing')).resolves.toBeUndefined();
      expect(await store.list('nothing')).toEqual({ objects: [], next: null });
    });

    it('tells sizes and deletes for good', async () => {
      await store.putIfAbsent('o', Buffer.alloc(1234));
      expect(await store.stat('o')).toMatchObject({ name: 'o', sizeBytes: 1234 });
      await store.delete('o');
      expect(await store.stat('o')).toBeNull();
      expect(await store.putIfAbsent('o', Buffer.from('again'))).toBe('created');
    });

    it('lists by prefix in byte order, page by page, each object once', async () => {
      const names = [
        'a',
        'a-b',
        'a.b',
        'a/b',
        'a/c/d',
        'a0',
        'b/a',
        'b/b',
        'bb/a',
        'packs/00/ff',
        'packs/01/aa',
      ];
      for (const name of names.toReversed()) {
        if (name !== 'a') await store.putIfAbsent(name, Buffer.alloc(name.length));
      }
      const sorted = names.slice(1).sort();
      expect((await store.list('')).objects.map((o) => o.name)).toEqual(sorted);
      const paged: string[] = [];
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = await store.list('', { after, limit: 3 });
        expect(page.objects.length).toBeLessThanOrEqual(3);
        paged.push(...page.objects.map((o) => o.name));
        after = page.next ?? undefined;
      }
      expect(paged).toEqual(sorted);
      expect((await store.list('a/')).objects).toEqual([
        { name: 'a/b', sizeBytes: 3 },
        { name: 'a/c/d', sizeBytes: 5 },
      ]);
      expect((await store.list('packs/0')).objects).toHaveLength(2);
      expect((await store.list('b', { after: 'b/a' })).objects.map((o) => o.name)).toEqual(['b/b', 'bb/a']);
    });

    it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.tmp/x', 'a/.b', 'a\0b', 'ä'])(
      'refuses the name %j',
      async (name) => {
        await expect(store.putIfAbsent(name, Buffer.alloc(1))).rejects.toMatchObject({
          code: 'invalid_input',
        });
        await expect(store.get(name)).rejects.toMatchObject({ code: 'invalid_input' });
      },
    );
  });
}
