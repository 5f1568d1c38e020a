import { expect, it } from 'vitest';
import { leftOutNotice } from '../../../../src/control-plane/speaker/left-out-notice.ts';
import { Router } from '../../core/bgp/support/router.ts';

const capabilities = Array.from({ length: 65 }, (_, at) => `c${at}`);

it('names the agents that are left out, or the first few of many', () => {
  const router = new Router();
  expect(leftOutNotice(router.speaker)).toBeUndefined();
  router.originate('weather', { capabilities });
  expect(leftOutNotice(router.speaker)).toBe(
    "The agent 'weather' of server0 is left out, because it has more than 64 capabilities.",
  );
  for (let at = 0; at < 9; at++) router.originate(`agent${at}`, { capabilities });
  expect(leftOutNotice(router.speaker)).toMatch(/^The agent 'weather'.*The agent 'agent3'.* Also left out: 5 more\.$/);
});

it('says that the parts of a left-out aggregate are announced', () => {
  const router = new Router({ aggregates: [{ nlri: '~coding', summaryOnly: true }] });
  router.up('a', 65010);
  for (const at of [1, 2]) {
    router.announce('a', `~coding/${at}`, { communities: Array.from({ length: 40 }, (_, n) => `c${at}-${n}`).sort() });
  }
  expect(leftOutNotice(router.speaker)).toBe(
    "The aggregate 'coding/*' is left out, because its parts together have more than 64 communities besides those that " +
      'discovery sets. The parts are announced instead.',
  );
});
