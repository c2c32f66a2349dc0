import { webDoor } from '@/lib/api/context';
import { dispatch } from '@/lib/api/dispatch';
import { routes } from '@/lib/api/routes';

const handle = (request: Request) => dispatch(webDoor(), routes, request);

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
