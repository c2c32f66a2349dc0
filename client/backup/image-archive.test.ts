import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dockerFiles, ociFiles, sha256, tarOf } from '../testing/tar';
import { ImageArchive } from './image-archive';

function read(archive: Buffer, pieceBytes = 700) {
  const reader = new ImageArchive();
  for (let at = 0; at < archive.length; at += pieceBytes) reader.push(archive.subarray(at, at + pieceBytes));
  return reader.finish();
}

const layers = [randomBytes(40_000), randomBytes(513), Buffer.alloc(0)];

describe('an image archive', () => {
  test.each([1, 511, 512, 513, 1_000_000])('of docker save is read in pieces of %i bytes', (pieceBytes) => {
    const archive = tarOf(dockerFiles('registry.example/shop/app:1.2', layers));
    expect(read(archive, pieceBytes)).toEqual({ format: 'docker', tags: ['registry.example/shop/app:1.2'] });
  });

  test('in the OCI layout tells the tag of its index', () => {
    expect(read(tarOf(ociFiles('app:2', layers)))).toEqual({ format: 'oci', tags: ['app:2'] });
  });

  test.each(['ustar', 'gnu', 'pax'])('as the system’s tar writes it in the format %s is read', (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'crossvault-tar-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const files = dockerFiles('app:1', layers);
    const deep = `${'layer'.repeat(18)}/${'x'.repeat(90)}`;
    for (const [name, bytes] of Object.entries({ ...files, [deep]: 'more' })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    const archive = execFileSync('tar', ['--format', format, '-C', folder, '-cf', '-', '.'], {
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(read(archive)).toEqual({ format: 'docker', tags: ['app:1'] });
  });

  test('may name its files beyond a hundred bytes', () => {
    const long = `${'folder/'.repeat(20)}layer.tar`;
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: null, Layers: [long] }]);
    const archive = tarOf({ [long]: 'layer', 'c.json': '{}', 'manifest.json': manifest });
    expect(read(archive)).toEqual({ format: 'docker', tags: [] });
  });

  const whole = dockerFiles('app:1', layers);
  const without = (name: string) => Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));
  const layerName = `blobs/sha256/${sha256(layers[0]!)}`;
  test.each<[string, Buffer, string]>([
    ['plain text', Buffer.from('just some text\n'.repeat(100)), 'does not begin as one'],
    ['nothing at all', Buffer.alloc(0), 'it ends before'],
    ['a tar archive of something else', tarOf({ 'readme.txt': 'hello' }), 'neither the manifest.json'],
    ['an archive that breaks off', tarOf(whole).subarray(0, 20_000), 'it ends before'],
    ['an archive without its end mark', tarOf(whole).subarray(0, -1024), 'it ends before'],
    ['one without a layer that it names', tarOf(without(layerName)), 'which it does not hold'],
    [
      'a layer that is not what it says',
      tarOf({ ...whole, [layerName]: 'other' }),
      'does not match its digest',
    ],
    ['a manifest that is none', tarOf({ ...whole, 'manifest.json': '[]' }), 'its manifest.json is not one'],
    ['an index without its layout file', tarOf({ 'index.json': '{"manifests":[]}' }), 'neither the manifest'],
  ])('is refused: %s', (_, archive, why) => {
    expect(() => read(archive)).toThrow(why);
  });
});
