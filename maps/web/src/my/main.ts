// Starts the chief's page: my segments, what is open there, and a patrol; with or without a network.
import "../css/base.css";
import "../css/my.css";
import { Problem } from "../api";
import { find, h, icon, ICONS } from "../dom";
import { t, whenLanguage } from "../i18n";
import { speakBoth } from "../speak";
import { drawQueue, drawTabs, makeTabs } from "./bar";
import type { Tab } from "./bar";
import { openCase } from "./case";
import { chooseChief } from "./chief";
import { openCheck } from "./check";
import { openFiling } from "./filing";
import type { Entering } from "./filing";
import { makeGround } from "./ground";
import type { Ground, NearDoor, Place } from "./ground";
import { drawHere } from "./here";
import { drawCases, drawSent, drawShops, placeOf } from "./lists";
import { again, beginSending, drop, outbox, renew as readQueue } from "./outbox";
import { keepAwake, makePosition } from "./position";
import { makeRoads } from "./roads";
import { strip as readStrip } from "./service";
import type { Strip } from "./service";
import * as store from "./store";
import type { Fix } from "./store";
import { Walk } from "./walk";

const CHIEF = "luge.chief";
// Browsers say nothing while one stands still.
const STILL_HERE_MS = 30_000;

async function start(): Promise<void> {
  speakBoth();
  keepForOffline();
  const chief = new URLSearchParams(location.search).get("chief") ?? localStorage.getItem(CHIEF);
  // The place of sign-in: who the chief is follows from the session then.
  if (!chief) return chooseChief();
  const known = await store.strip(chief);
  const strip = known ?? (await fetchStrip(chief));
  localStorage.setItem(CHIEF, chief);
  await run(strip, known !== undefined);
}

async function fetchStrip(chief: string): Promise<Strip> {
  const strip = await readStrip(chief);
  await store.keepStrip(strip);
  return strip;
}

async function run(first: Strip, isOld: boolean): Promise<void> {
  await readQueue(); // else the sign would say at first that all is sent
  let strip = first;
  let ground: Ground = makeGround(strip);
  let tab: Tab = "roads";
  let awake: (() => void) | null = null;
  let follower: ((fix: Fix) => void) | null = null;
  const place = (): Place | null => position.last && ground.place(position.last, 60);
  const seen = (code: string) => outbox.items.some((item) => item.merchant === code && item.state !== "refused");
  const walk = new Walk(() => step());
  const position = makePosition((fix) => {
    void walk.fix(fix, ground, strip);
    follower?.(fix);
    step();
  }, () => step());
  const entering = (): Entering => ({
    strip, ground,
    follow: (told) => {
      follower = told;
      if (position.last) told(position.last);
      position.begin();
    },
    done: (text) => {
      find("#news").textContent = text;
      draw();
    },
  });
  const roads = makeRoads({
    door: (near) => openDoor(near),
    one: (one) => openCase(one, placeOf(strip, one)),
    seen,
  });
  const openDoor = (near: NearDoor) => openCheck(entering(), near);

  /** What follows the position: where one is, and the metres of the patrol. */
  const step = () => {
    const at = place();
    drawHere({ strip, walk, position, place: at, reached: outbox.reached && navigator.onLine }, () => position.begin());
    roads.update(walk.patrol?.passed ?? [], at);
    find("#acts").dataset["patrol"] = String(walk.patrol !== null);
    find("#patrol").replaceChildren(icon(walk.patrol ? STOP : GO, 20), t(walk.patrol ? "my_end" : "my_begin"));
    document.body.dataset["metres"] = walk.metres.toFixed(1);
    document.body.dataset["fix"] = String(position.last?.at ?? "");
  };
  const draw = () => {
    find("#who").textContent = strip.chief.name;
    document.title = `${t("my")} · ${strip.chief.name}`;
    const view = find("#view");
    view.setAttribute("aria-labelledby", `tab-${tab}`);
    if (tab === "roads") view.replaceChildren(roads.draw(strip, place()));
    else if (tab === "cases") view.replaceChildren(drawCases(strip, (one) => openCase(one, placeOf(strip, one))));
    else if (tab === "shops") view.replaceChildren(drawShops(strip, ground, position.last, seen, openDoor));
    else drawSentHere();
    drawBar();
    step();
  };
  const drawSentHere = () => find("#view").replaceChildren(drawSent(outbox, { again: () => void again(), drop: (n) => void drop(n) }));
  const drawBar = () => {
    drawTabs(tab, { cases: strip.cases.length, sent: outbox.items.filter(({ state }) => state !== "sent").length });
    drawQueue(outbox);
  };
  const select = (wanted: Tab) => {
    tab = wanted;
    draw();
    find("#view").scrollTop = 0;
    if (tab === "roads") roads.reveal();
  };
  const renew = async () => {
    try {
      strip = await fetchStrip(strip.chief.code);
      ground = makeGround(strip);
      outbox.reached = true;
      draw();
    } catch (error) {
      if (error instanceof Problem && error.status < 500) find("#news").textContent = error.message;
      else outbox.reached = false;
      drawBar();
    }
  };
  const patrol = async () => {
    position.begin();
    if (walk.patrol) {
      await walk.end();
      awake?.();
    } else {
      await walk.begin(strip.chief.code);
      awake = keepAwake();
      const { last } = position;
      if (last && Date.now() - last.at < STILL_HERE_MS) await walk.fix({ ...last, at: Date.now() }, ground, strip);
    }
  };

  makeTabs(select);
  find("#queue").addEventListener("click", () => select("sent"));
  const file = h("button", { type: "button", id: "file", class: "second", onclick: () => openFiling(entering()) });
  const check = h("button", { type: "button", id: "check-shop", class: "second", onclick: () => openCheck(entering()) });
  find("#acts").append(file, check, h("button", { type: "button", id: "patrol", class: "action", onclick: () => void patrol() }));
  whenLanguage(() => {
    file.replaceChildren(icon(ICONS.plus, 20), t("my_file"));
    check.replaceChildren(icon(ICONS.done, 20), t("my_check"));
    draw();
  });
  window.addEventListener("offline", () => draw());
  window.addEventListener("online", () => void renew());
  await walk.resume(strip);
  if (walk.patrol) {
    awake = keepAwake();
    position.begin();
  }
  let visits = 0;
  await beginSending(() => {
    const before = visits;
    visits = outbox.items.filter(({ kind, state }) => kind === "visit" && state !== "refused").length;
    if (visits !== before) return draw();
    drawBar();
    if (tab === "sent") drawSentHere();
  }, (item, said) => {
    const passed = said["passed"];
    if (item.kind === "fixes" && Array.isArray(passed)) void walk.counted(String(said["key"]), passed);
    // Something new is open, or was looked at: the strip shows it.
    if (item.kind !== "fixes" && item.kind !== "begin") void renew();
  });
  if (isOld) await renew();
  step();
  document.body.dataset["ready"] = "true";
}

const GO = "M8 5v14l11-7z";
const STOP = "M7 7h10v10H7z";

/** The page and its scripts are kept by a service worker, for when there is no network. */
function keepForOffline(): void {
  if ("serviceWorker" in navigator && import.meta.env.PROD) {
    void navigator.serviceWorker.register("/my-worker.js", { scope: "/my" }).catch(() => undefined);
  }
}

start().catch((error: unknown) => {
  console.error(error);
  const text = error instanceof Problem ? error.message : t("my_first_online");
  find("#cover").replaceChildren(h("div", { class: "failed" }, h("h2", {}, t("my_failed")), h("p", {}, text),
    h("button", { type: "button", class: "action", onclick: () => location.reload() }, t("retry")),
    h("a", { class: "link", href: "/my?chief=" }, t("my_other_chief"))));
});
