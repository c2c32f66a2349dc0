import { describe, expect, it } from 'vitest';
import type { MountIdentity } from '@/lib/engine/core/posix/mounts';
import { mountRefusal, type RegisteredMount } from './rules';

const mounted: MountIdentity & { mountPath: string } = {
  mountPath: '/mnt/a',
  fsType: 'xfs',
  source: '/dev/sdb',
  root: '/',
  fsId: 'aa',
};
const registered: RegisteredMount = { ...mounted, id: 'fs-1', accountId: '1111111111111111' };
const wanted = (more: Partial<typeof mounted & { accountId: string }> = {}) => ({
  accountId: '2222222222222222',
  ...mounted,
  ...more,
});

describe('what is mounted may be registered', () => {
  it('when nobody has it', () => {
    expect(mountRefusal(wanted(), [])).toBeNull();
    expect(
      mountRefusal(wanted({ mountPath: '/mnt/b', fsId: 'bb', source: '/dev/sdc' }), [registered]),
    ).toBeNull();
  });

  it.each([
    ['of the machine itself', { mountPath: '/' }, 'machine itself'],
    ['without files of anybody', { fsType: 'proc' }, 'machine itself'],
    ['a folder that is registered', { fsId: 'bb' }, 'registered already'],
    ['the same file system at another folder', { mountPath: '/mnt/b' }, 'registered already'],
    ['a part of a file system of another account', { mountPath: '/mnt/b', root: '/part' }, 'Another folder'],
  ])('but not %s', (_, more, why) => {
    expect(mountRefusal(wanted(more), [registered])).toContain(why);
  });

  it('two parts of one file system for one account', () => {
    const parts = wanted({ accountId: registered.accountId, mountPath: '/mnt/b', root: '/part' });
    expect(mountRefusal(parts, [{ ...registered, root: '/other' }])).toBeNull();
  });

  it('by its source where the file system says nothing of itself', () => {
    const nfs = { fsType: 'nfs4', source: 'nas:/a', fsId: null };
    const known = { ...registered, ...nfs };
    expect(mountRefusal(wanted({ ...nfs, mountPath: '/mnt/b' }), [known])).toContain('registered already');
    expect(mountRefusal(wanted({ ...nfs, source: 'nas:/b', mountPath: '/mnt/b' }), [known])).toBeNull();
  });
});
