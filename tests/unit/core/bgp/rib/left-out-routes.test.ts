import { expect, it } from 'vitest';
import { LeftOutRoutes } from '../../../../../src/core/bgp/rib/left-out-routes.ts';

const excess = 'too many communities';

it('holds a route once for each server and for this router itself, whatever their names', () => {
  const table = new LeftOutRoutes();
  const routes = [
    { nlri: 'b c', stub: 'a', excess },
    { nlri: 'c', stub: 'a b', excess },
    { nlri: 'c', stub: undefined, excess },
  ];
  expect(routes.map((route) => table.add(route))).toEqual([true, true, true]);
  expect(routes.map((route) => table.add(route))).toEqual([false, false, false]);
  expect(table.size).toBe(3);
  expect([...table.values()]).toEqual(routes);
});

it('takes another excess of a route in place of the earlier one', () => {
  const table = new LeftOutRoutes();
  table.add({ nlri: 'a', stub: 'server0', excess });
  const changed = { nlri: 'a', stub: 'server0', excess: 'a long name' };
  expect(table.add(changed)).toBe(true);
  expect([...table.values()]).toEqual([changed]);
  expect(table.size).toBe(1);
});

it('removes the route of one server and leaves those of others', () => {
  const table = new LeftOutRoutes();
  for (const stub of ['server0', 'server1']) table.add({ nlri: 'a', stub, excess });
  table.remove('a', 'server0');
  table.remove('a', 'server0');
  table.remove('b', 'server1');
  expect([...table.values()]).toEqual([{ nlri: 'a', stub: 'server1', excess }]);
  expect(table.size).toBe(1);
});
