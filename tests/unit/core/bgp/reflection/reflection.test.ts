import { describe, expect, it } from 'vitest';
import { Network } from '../support/network.ts';
import { Router } from '../support/router.ts';

const AGENT = 'weatherAgent';
const PEERS = { client1: true, client2: true, plain1: false, plain2: false };

function reflector(clusterId = '10.0.0.1'): Router {
  const router = new Router({ clusterId });
  for (const [id, client] of Object.entries(PEERS)) router.up(id, 65000, { client });
  router.up('external', 65010);
  return router;
}

function toldOf(router: Router): string[] {
  return [...router.speaker.peers.keys()].filter((id) => router.peer(id).adjRibOut.has(AGENT));
}

describe('a route reflector tells (RFC 4456 §6)', () => {
  it.each([
    ['client1', ['client2', 'plain1', 'plain2', 'external']],
    ['plain1', ['client1', 'client2', 'external']],
    ['external', ['client1', 'client2', 'plain1', 'plain2']],
  ])('of what %s said: %j', (from, told) => {
    const router = reflector();
    router.announce(from, AGENT);
    expect(toldOf(router)).toEqual(told);
  });

  it('everybody of its own agents', () => {
    const router = reflector();
    router.originate(AGENT);
    expect(toldOf(router)).toEqual([...Object.keys(PEERS), 'external']);
  });

  it('nobody inside the AS where there are no clients (RFC 4271 §9.2.1)', () => {
    const router = new Router();
    router.up('i', 65000);
    router.up('j', 65000);
    router.announce('i', AGENT);
    expect(toldOf(router)).toEqual([]);
  });
});

describe('a reflected route (RFC 4456 §8)', () => {
  it('names who brought it into the AS, and the cluster', () => {
    const router = reflector('7.7.7.7');
    router.announce('client1', AGENT);
    expect(router.adjRibOut('client2')[AGENT]).toMatchObject({ originatorId: '10.1.0.1', clusterList: ['7.7.7.7'] });
  });

  it('keeps its originator and gathers clusters, nearest first', () => {
    const router = reflector('7.7.7.7');
    router.announce('client1', AGENT, { originatorId: '9.9.9.9', clusterList: ['8.8.8.8'] });
    expect(router.adjRibOut('plain1')[AGENT]).toMatchObject({
      originatorId: '9.9.9.9',
      clusterList: ['7.7.7.7', '8.8.8.8'],
    });
  });

  it('does not go back to its originator', () => {
    const router = reflector();
    router.announce('plain1', AGENT, { originatorId: '10.1.0.2' });
    expect(toldOf(router)).toEqual(['client1', 'external']);
  });

  it('leaves the AS without either', () => {
    const router = reflector();
    router.announce('client1', AGENT, { originatorId: '9.9.9.9', clusterList: ['8.8.8.8'] });
    expect(router.adjRibOut('external')[AGENT]).not.toHaveProperty('originatorId');
    expect(router.adjRibOut('external')[AGENT]).not.toHaveProperty('clusterList');
  });

  it('has neither where it came from outside or from a stub', () => {
    const router = reflector();
    router.announce('external', AGENT, { originatorId: '9.9.9.9', clusterList: ['8.8.8.8'] });
    router.originate('own');
    for (const nlri of [AGENT, 'own']) {
      expect(router.adjRibOut('client1')[nlri]).not.toHaveProperty('originatorId');
      expect(router.adjRibOut('client1')[nlri]).not.toHaveProperty('clusterList');
    }
  });
});

describe('two reflectors', () => {
  /** Two clients, each of both reflectors. */
  function pair(clusters: readonly [string, string]): Network {
    const network = new Network();
    network.add('r1', { asn: 65000, clusterId: clusters[0] });
    network.add('r2', { asn: 65000, clusterId: clusters[1] });
    network.add('c1', { asn: 65000 });
    network.add('c2', { asn: 65000 });
    network.link('r1', 'r2');
    for (const reflector of ['r1', 'r2']) {
      for (const client of ['c1', 'c2']) network.link(reflector, client, { client: true });
    }
    network.originate('c1', AGENT);
    network.run();
    return network;
  }

  const faultAtR2 = (network: Network) => network.speaker('r2').peers.get('r1')?.adjRibIn.get(AGENT)?.ineligible;

  it('of one cluster drop what the other reflects (RFC 4456 §7)', () => {
    const network = pair(['7.7.7.7', '7.7.7.7']);
    expect(faultAtR2(network)).toEqual({ type: 'cluster-loop' });
    expect(network.best('c2', AGENT)?.attributes.clusterList).toEqual(['7.7.7.7']);
  });

  it('of two clusters keep it as a second way', () => {
    const network = pair(['7.7.7.7', '8.8.8.8']);
    expect(faultAtR2(network)).toBeUndefined();
    expect(network.speaker('r2').locRib.get(AGENT)?.routes).toHaveLength(2);
  });

  it.each([['7.7.7.7'], ['8.8.8.8']])('leave no ghost when the client withdraws (other cluster %s)', (other) => {
    const network = pair(['7.7.7.7', other]);
    network.end('c1', AGENT);
    network.run();
    for (const speaker of network.routers.values()) expect(speaker.locRib.size).toBe(0);
  });

  it('go on with one when the other is lost', () => {
    const network = pair(['7.7.7.7', '7.7.7.7']);
    const lost = network.best('c2', AGENT)?.source;
    const other = lost?.kind === 'peer' && lost.id === 'r1' ? 'r2' : 'r1';
    for (const client of ['c1', 'c2']) network.cut(other === 'r1' ? 'r2' : 'r1', client);
    network.run();
    expect(network.best('c2', AGENT)?.source).toMatchObject({ id: other });
  });
});
