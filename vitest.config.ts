import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const sources = '{app,bench,client,components,db,lib,scripts}/**';

export default defineConfig({
  resolve: { alias: { '@/': root } },
  test: {
    setupFiles: ['lib/testing/regions.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Property tests compute for seconds where cores are few and shared
          testTimeout: 30_000,
          include: [`${sources}/*.test.{ts,tsx}`],
          exclude: ['db', 'driver', 'faults', 'fs', 'installation', 'nfs', 'qemu', 's3'].map(
            (kind) => `${sources}/*.${kind}.test.ts`,
          ),
        },
      },
      {
        extends: true,
        test: {
          name: 'database',
          include: [`${sources}/*.db.test.ts`],
          globalSetup: ['db/testing/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          // Needs radosgw and its companions, see scripts/test/radosgw.mjs
          name: 's3',
          include: [`${sources}/*.s3.test.ts`],
          globalSetup: ['db/testing/global-setup.ts', 'lib/testing/radosgw/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // Needs QEMU and what a bootable disk is made of, see scripts/test/qemu.mjs
          name: 'qemu',
          include: [`${sources}/*.qemu.test.ts`],
          globalSetup: ['db/testing/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // Mounts images of file systems, see scripts/test/loop-mounts.mjs
          name: 'filesystems',
          include: [`${sources}/*.fs.test.ts`],
          globalSetup: ['db/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Serves and mounts NFS exports, see scripts/test/nfs.mjs
          name: 'nfs',
          include: [`${sources}/*.nfs.test.ts`],
          globalSetup: ['db/testing/global-setup.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // The short form of `npm run faults`
          name: 'faults',
          include: [`${sources}/*.faults.test.ts`],
          globalSetup: ['db/testing/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 30_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'driver',
          include: [`${sources}/*.driver.test.ts`],
          testTimeout: 240_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Needs what `npm run build` makes
          name: 'installation',
          include: [`${sources}/*.installation.test.ts`],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
