import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { createDatabase, type Database } from '@/db/client';
import { loadOrCreateSigningKey } from '@/lib/audit/signing-key';
import { readPriceList, recordPriceList } from '@/lib/billing';
import { loadRegions } from '@/lib/regions';
import { tellSealingKey } from '@/lib/sources';
import { watchClock } from './clock';
import { loadOrCreateServiceKey } from './core/service-key';
import { ThreadPool } from './core/work/pool';
import { createGatewayEnvironment } from './gateway/create-gateway-environment';
import { startGateway } from './gateway/server';
import { loadOrCreateCertificate } from './gateway/tls-certificate';
import { releaseEndedPins } from './index/release-ended-pins';
import { loadOrCreateInternalSecret } from './internal-secret';
import type { EngineSettings } from './settings';
import { tellRegionOffers } from './tell-region-offers';
import { startTicker, type TickerEvents } from './ticker';
import type { VaultEnvironment } from './vaults';
import { adoptZones } from './zones/adopt-zones';
import { countS3Requests } from './zones/count-s3-requests';
import { openRegions } from './zones/open-region-storage';
import { watchZones } from './zones/watch-zones';

export interface Engine {
  /** Where the gateway listens. */
  port: number;
  fingerprint: string;
  /** Takes no new work, finishes what is under way or leaves it where it can go on, and gives its leases back. */
  stop(): Promise<void>;
}

const databasePatienceMs = 60_000;
const requestGraceMs = 15_000;

/** Starts gateway and ticker over one database and one data folder. Any number may run on the same ones. */
export async function startEngine(settings: EngineSettings, log: Logger): Promise<Engine> {
  const { dataFolder, host, gatewayPort: port } = settings;
  const regions = loadRegions(settings);
  const prices = readPriceList(settings.priceListFile);
  const { key: serviceKey, created } = await loadOrCreateServiceKey(settings.serviceKeyFile);
  if (created) {
    log.warn(
      { serviceKeyFile: settings.serviceKeyFile },
      'a service key was made: keep a copy elsewhere, without it no vault can be opened',
    );
  }
  const internalSecret = await loadOrCreateInternalSecret(settings.internalSecretFile);
  const auditKey = await loadOrCreateSigningKey(settings.auditKeyFile);
  const certificate = await loadOrCreateCertificate(dataFolder, new Date(), [host]);
  const db = createDatabase(settings.databaseUrl, {
    applicationName: 'crossvault-engine',
    maxConnections: settings.connections,
  });
  await waitForDatabase(db, log);
  await recordPriceList(db, prices);
  await tellRegionOffers(db);
  await tellSealingKey(db, serviceKey);
  const clock = await watchClock(db, log);
  const work = new ThreadPool({ threads: settings.threads });
  const s3 = countS3Requests();
  const { storage, zones } = await openRegions(db, regions, {
    allowsPrivateEndpoints: settings.allowsPrivateEndpoints,
    environment: process.env,
    onRequest: s3.onRequest,
  });
  const zoneWatch = await watchZones(db, zones, (error) =>
    log.error({ err: error }, 'zones were not looked at'),
  );
  await adoptZones(db, storage);
  const vaults: VaultEnvironment = { db, storage, serviceKey, work, auditKey };
  const env = createGatewayEnvironment(vaults, { log, internalSecret });
  env.metrics.register.registerMetric(s3.metric);
  await env.bell.listen(db);
  const gateway = await startGateway(env, certificate, { host, port });
  const ticker = startTicker({ environment: vaults, events: tickerEvents(db, log) });
  return {
    port: gateway.port,
    fingerprint: certificate.fingerprint,
    async stop() {
      clock.stop();
      // Waiting heartbeats are answered first; they would hold the gateway open.
      await env.bell.close();
      await Promise.all([gateway.close(requestGraceMs).then(() => env.backups.close()), ticker.stop()]);
      await zoneWatch.stop();
      await work.close();
      await db.$client.end({ timeout: 5 });
    },
  };
}

async function waitForDatabase(db: Database, log: Logger): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      await db.execute(sql`select 1`);
      return;
    } catch (error) {
      if (performance.now() - startedAt > databasePatienceMs) throw error;
      log.warn({ err: error }, 'waiting for the database');
      await sleep(500);
    }
  }
}

function tickerEvents(db: Database, log: Logger): TickerEvents {
  return {
    tick: (tick) => {
      log.debug(tick, 'tick');
      // What a vanished client left would hold up collection.
      releaseEndedPins(db, tick.accountId).catch((error) =>
        log.error({ err: error }, 'pins of ended jobs stay'),
      );
    },
    step: (step) => log.debug({ accountId: step.accountId, step: step.step, reason: step.reason }, 'step'),
    error: (error, where) =>
      log.error({ err: error, accountId: where.accountId, step: where.step }, 'tick failed'),
  };
}
