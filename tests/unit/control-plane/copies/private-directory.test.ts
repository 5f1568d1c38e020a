import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePrivate, NotPrivate } from '../../../../src/control-plane/copies/private-directory.ts';

describe('a private directory', () => {
  let base: string;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'private-'));
  });

  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  it('is created for only this user, and accepted again', () => {
    const path = join(base, 'a', 'b');
    expect(makePrivate(path)).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(makePrivate(path)).toBe(path);
  });

  it.each([0o755, 0o770, 0o701])('is rejected with mode %o', (mode) => {
    const path = join(base, 'open');
    mkdirSync(path);
    chmodSync(path, mode);
    expect(() => makePrivate(path)).toThrow(`${path} is open to other users: run chmod 700 on it`);
  });

  it('is rejected if it belongs to another user', () => {
    const path = process.getuid?.() === 0 ? join(base, 'foreign') : '/';
    if (path !== '/') {
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, 12_345, 12_345);
    }
    expect(() => makePrivate(path)).toThrow(`${path} belongs to another user`);
  });

  it('is rejected if it is a symbolic link', () => {
    const path = join(base, 'link');
    symlinkSync(makePrivate(join(base, 'own')), path);
    expect(() => makePrivate(path)).toThrow(`${path} is not a directory`);
  });

  it('is rejected if it is not a directory', () => {
    const path = join(base, 'file');
    writeFileSync(path, '');
    expect(() => makePrivate(path)).toThrow(NotPrivate);
  });
});
