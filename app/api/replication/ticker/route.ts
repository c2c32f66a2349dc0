import { webDoor } from '@/lib/api/context';
import { runRoute } from '@/lib/api/dispatch';
import { wakeRoute } from '@/lib/ticker/routes';

export const POST = (request: Request) => runRoute(webDoor(), wakeRoute, {}, request);
