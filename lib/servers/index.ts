export { createServer } from './create-server';
export { getMachineHost, getServer, getServerConsole, getServerScreen, listServers } from './list-servers';
export { deleteServer, restoreServer, startServer, stopServer, updateServer } from './run-server';
