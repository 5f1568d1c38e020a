import { describe, expect, it } from 'vitest';
import { addressJudge } from '../../../src/egress/address-judge.ts';

const ALLOWED = ['10.1.0.0/16', '192.168.1.7', 'fd12::/16', '::1', 'Agents.Corp.example'];

describe('the judge with exceptions', () => {
  const judge = addressJudge(ALLOWED);

  it.each([
    ['a.example', '10.1.255.1'],
    ['a.example', '192.168.1.7'],
    ['a.example', 'fd12:ffff::1'],
    ['a.example', '::1'],
    ['a.example', '8.8.8.8'],
    ['agents.corp.EXAMPLE', '172.16.0.1'],
  ])('lets %s be called at %s', (host, address) => {
    expect(judge(host, address)).toBeUndefined();
  });

  it.each([
    ['a.example', '10.2.0.1', 'private'],
    ['a.example', '192.168.1.8', 'private'],
    ['a.example', 'fd13::1', 'private'],
    ['a.example', '127.0.0.1', 'loopback'],
    ['x.agents.corp.example', '172.16.0.1', 'private'],
  ])('does not let %s be called at %s', (host, address, kind) => {
    expect(judge(host, address)).toBe(kind);
  });
});
