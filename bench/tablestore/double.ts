import { TablestoreDouble } from '@/client/sources/tablestore/testing/tablestore-double';

// A double of the service in a process of its own: its work is nobody's. Says where it listens, and ends with its input.

const double = await TablestoreDouble.start('bench');
double.operations.splitBytes = Number(process.argv[2]);
process.stdout.write(`${JSON.stringify(double.address)}\n`);
process.stdin.resume().on('end', () => process.exit(0));
