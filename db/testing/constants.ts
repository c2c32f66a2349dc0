import { fileURLToPath } from 'node:url';

export const templateName = 'crossvault_template';
export const testPasswords = { app: 'app', engine: 'engine' };
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
