const STARTED_AT = performance.timeOrigin;

/** Returns the milliseconds since 1970 by a clock that corrections of the system's clock do not turn back. */
export function steadyNow(): number {
  return Math.floor(STARTED_AT + performance.now());
}
