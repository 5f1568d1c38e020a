const STARTED_AT = performance.timeOrigin;

/** Returns the milliseconds since 1970. The clock is monotonic: corrections of the system clock do not affect it. */
export function steadyNow(): number {
  return Math.floor(STARTED_AT + performance.now());
}
