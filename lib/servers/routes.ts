import { type Route, route } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { createServer } from './create-server';
import { getMachineHost, getServer, getServerConsole, getServerScreen, listServers } from './list-servers';
import { deleteServer, restoreServer, startServer, stopServer, updateServer } from './run-server';
import { MachineHost, Server, ServerConsole, ServerScreen } from './schemas';

const servers = { tag: 'servers', response: Server };

export const routes: Route[] = [
  route({
    ...servers,
    method: 'GET',
    path: '/servers',
    summary: 'List servers',
    verb: listServers,
    response: pageOf(Server),
  }),
  route({
    ...servers,
    method: 'POST',
    path: '/servers',
    summary: 'Create a server of disks, of a backup or of an image',
    status: 201,
    verb: createServer,
  }),
  route({ ...servers, method: 'GET', path: '/servers/{id}', summary: 'Get a server', verb: getServer }),
  route({
    ...servers,
    method: 'PATCH',
    path: '/servers/{id}',
    summary: 'Change name, description or flavour of a server',
    verb: updateServer,
  }),
  route({
    ...servers,
    method: 'POST',
    path: '/servers/{id}/start',
    summary: 'Start a server',
    status: 202,
    verb: startServer,
  }),
  route({
    ...servers,
    method: 'POST',
    path: '/servers/{id}/stop',
    summary: 'Stop a server, or end its machine at once',
    status: 202,
    verb: stopServer,
  }),
  route({
    ...servers,
    method: 'POST',
    path: '/servers/{id}/restore',
    summary: 'Restore all disks of a backup into a stopped server',
    description: '`confirm` is its name.',
    status: 202,
    verb: restoreServer,
  }),
  route({
    ...servers,
    method: 'DELETE',
    path: '/servers/{id}',
    summary: 'Delete a server that is stopped',
    description: '`confirm` is its name. With `isWithDisks` its disks go too.',
    status: 202,
    verb: deleteServer,
  }),
  route({
    ...servers,
    method: 'GET',
    path: '/servers/{id}/console',
    summary: 'Read the end of the serial console',
    verb: getServerConsole,
    response: ServerConsole,
  }),
  route({
    ...servers,
    method: 'GET',
    path: '/servers/{id}/screen',
    summary: 'Get the screen as it is now',
    verb: getServerScreen,
    response: ServerScreen,
  }),
  route({
    ...servers,
    method: 'GET',
    path: '/machine-host',
    summary: 'Whether servers can run here, and with what',
    verb: getMachineHost,
    response: MachineHost,
  }),
];
