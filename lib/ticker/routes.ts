import { type Route, route } from '@/lib/api/route';
import { TickerState } from './schemas';
import { getTicker, wakeTicker } from './wake-ticker';

/** Also answers at `POST /api/replication/ticker`, which the console calls. */
export const wakeRoute = route({
  tag: 'ticker',
  method: 'POST',
  path: '/ticker/wake',
  summary: "Wake the account's ticker and those of its replication targets",
  verb: wakeTicker,
  response: TickerState,
});

export const routes: Route[] = [
  route({
    tag: 'ticker',
    method: 'GET',
    path: '/ticker',
    summary: "Get the state of the account's ticker",
    verb: getTicker,
    response: TickerState,
  }),
  wakeRoute,
];
