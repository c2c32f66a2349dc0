import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { type ListServers, MachineHost, Server, ServerConsole, ServerScreen } from './schemas';

export type ServerFilter = z.input<typeof ListServers>;

const isMoving = ({ state }: Server) => !['stopped', 'running', 'error'].includes(state);

export const serversQuery = (filter: ServerFilter = {}) =>
  queryOptions({
    queryKey: ['servers', 'list', filter],
    queryFn: ({ signal }) => apiFetch(pageOf(Server), '/servers', { query: { ...filter }, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(isMoving) ? 1500 : 10_000),
    placeholderData: keepPreviousData,
  });

export const serverQuery = (id: string) =>
  queryOptions({
    queryKey: ['servers', 'one', id],
    queryFn: ({ signal }) => apiFetch(Server, `/servers/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 1500 : 5000),
  });

export const serverConsoleQuery = (id: string) =>
  queryOptions({
    queryKey: ['servers', 'console', id],
    queryFn: ({ signal }) =>
      apiFetch(ServerConsole, `/servers/${encodeURIComponent(id)}/console`, { signal }),
    refetchInterval: 3000,
  });

export const serverScreenQuery = (id: string) =>
  queryOptions({
    queryKey: ['servers', 'screen', id],
    queryFn: ({ signal }) => apiFetch(ServerScreen, `/servers/${encodeURIComponent(id)}/screen`, { signal }),
    refetchInterval: 5000,
  });

export const machineHostQuery = () =>
  queryOptions({
    queryKey: ['servers', 'host'],
    queryFn: ({ signal }) => apiFetch(MachineHost, '/machine-host', { signal }),
    staleTime: 60_000,
  });
