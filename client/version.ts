import { version } from '@/package.json';

export const clientVersion: string = version;
