import { readVerb } from '@/lib/verb';
import { getKeyDetail } from './internal';
import { GetKmsKey } from './schemas';

export const getKey = readVerb({
  action: 'keys.get',
  permission: 'keys.read',
  input: GetKmsKey,
  run: ({ tx, input }) => getKeyDetail(tx, input.id),
});
