// Where the phone is. Asked for when somebody wants to use it, or allowed it before; kept in memory only.
import type { Fix } from "./store";

export interface Position {
  last: Fix | null;
  fault: "" | "none" | "refused" | "failed";
  begin: () => void;
}

const OPTIONS = { enableHighAccuracy: true, maximumAge: 2_000, timeout: 20_000 };

export function makePosition(told: (fix: Fix) => void, changed: () => void): Position {
  let watching = false;
  const position: Position = { last: null, fault: "", begin: () => {
    if (watching) return;
    if (!("geolocation" in navigator) || !window.isSecureContext) {
      position.fault = "none";
      return changed();
    }
    watching = true;
    // Clocks of positions begin elsewhere in some browsers; the phone's own is what counts.
    navigator.geolocation.watchPosition(({ coords }) => {
      position.fault = "";
      position.last = { lon: coords.longitude, lat: coords.latitude, at: Date.now(), accuracy_m: coords.accuracy };
      told(position.last);
    }, ({ code }) => {
      position.fault = code === 1 ? "refused" : "failed";
      if (code === 1) watching = false;
      changed();
    }, OPTIONS);
  } };
  void navigator.permissions?.query({ name: "geolocation" }).then(({ state }) => state === "granted" && position.begin(), () => undefined);
  return position;
}

/** Keeps the screen on: a phone that sleeps gives no positions to a page. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let wanted = true;
  const ask = () => {
    if (wanted && !document.hidden) void navigator.wakeLock?.request("screen").then((got) => (lock = got), () => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release();
  };
}
