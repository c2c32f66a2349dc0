import { loadRegions } from '@/lib/regions/load-regions';

// Every suite knows the built-in regions, as every process does after its start.
loadRegions({ regionsFile: null, dataFolder: '/nowhere' });
