import { expect, it } from 'vitest';
import { sharedSettings } from '../../../../src/control-plane/copies/shared-settings.ts';

const peer = { name: 'b', asn: 65_102, url: 'http://b', key: 'ours', passive: false, client: false };
type Settings = Parameters<typeof sharedSettings>[0];

const settings: Settings = { asn: 65_101, routerId: undefined, peers: [peer], operatorsKey: undefined };

function differing(change: Partial<Settings>): string[] {
  const [own, other] = [sharedSettings(settings), sharedSettings({ ...settings, ...change })];
  return Object.keys(own).filter((name) => own[name] !== other[name]);
}

it.each([
  ['nothing', {}, []],
  ['the AS number', { asn: 65_103 }, ['AS number']],
  ['the router id', { routerId: '10.0.0.1' }, ['router id']],
  ['a peer', { peers: [{ ...peer, passive: true }] }, ['peers']],
  ['the order of peers', { peers: [{ ...peer, name: 'a' }, peer] }, ['peers', 'keys']],
  ['the key of a peer', { peers: [{ ...peer, key: 'theirs' }] }, ['keys']],
  ['operators.key', { operatorsKey: 'secret' }, ['keys']],
])('if %s differs, the difference is named', (_what, change, names) => {
  expect(differing(change)).toEqual(names);
});
