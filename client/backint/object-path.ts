import { CrossvaultError } from '@/lib/errors';

const maxPathBytes = 1024;
const maxNameBytes = 255;

/** The names of an object's path, by which it lies in the tree. @throws `invalid_input` for what is no plain absolute path. */
export function namesOfObject(path: string): Buffer[] {
  const [root, ...names] = path.split('/');
  const isPlain = names.every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));
  if (root !== '' || names.length === 0 || !isPlain)
    throw new CrossvaultError('invalid_input', `${path} is no absolute path.`);
  const bytes = names.map((name) => Buffer.from(name));
  if (Buffer.byteLength(path) > maxPathBytes || bytes.some((name) => name.length > maxNameBytes))
    throw new CrossvaultError('invalid_input', `${path} is too long.`);
  return bytes;
}
