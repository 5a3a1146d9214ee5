// Starts the import page and holds its state; every change draws the parts anew.
import "../css/base.css";
import "../css/import.css";
import * as api from "../api";
import { find, h } from "../dom";
import { readHash, writeHash } from "../hash";
import { language, t, whenLanguage } from "../i18n";
import { speakBoth } from "../speak";
import { fileStep, kindStep, takeDrops } from "./file";
import { columnStep, datumStep } from "./mapping";
import { runStep } from "./outcome";
import { tablePart } from "./rows";
import * as service from "./service";
import type { Reading } from "./service";
import { sketch } from "./sketch";
import type { Sketch } from "./sketch";
import { isBusy, isOpen, kindOf, NOTHING_SAID, size } from "./state";
import type { Acts, State } from "./state";

const POLL_MS = 400;

let state: State;
let drawing: Sketch;
let asking: AbortController | null = null;

const acts: Acts = {
  choose(file) {
    const ending = state.choices.endings.some((one) => file.name.toLowerCase().endsWith(one));
    const most = state.choices.max_upload_bytes;
    const error = !ending ? t("bad_ending", { name: file.name }) : file.size > most ? t("too_large", { size: size(file.size), most: size(most) }) : "";
    begin({ file: error ? null : file, error });
    if (!error && state.reading.kind) void send(file);
  },
  kind(name) {
    // What was said of columns was said for another kind.
    const onRoads = state.choices.kinds.some((one) => one.name === name && one.shape === "");
    set({ reading: { ...state.reading, kind: name, columns: {}, constants: {}, ...(onRoads && { crs: "", margin_m: "" }) } });
    if (state.job) void look(true);
    else if (state.file && state.sent === null) void send(state.file);
  },
  reading(change) {
    set({ reading: { ...state.reading, ...change } });
    void look("crs" in change || "columns" in change);
  },
  run(dryRun) {
    void attempt(async () => {
      if (!state.job) return;
      set({ job: await service.run(state.job.id, state.reading, dryRun), error: "" });
      void follow();
    });
  },
  stop() {
    void attempt(async () => {
      if (!state.job) return;
      set({ stopping: true });
      await service.drop(state.job.id);
    });
  },
  fresh() {
    begin({});
    find(".drop, #file").focus();
  },
  open(job) {
    begin({ job, tab: "rows", reading: { ...NOTHING_SAID, kind: job.kind } });
    void follow();
    if (isOpen(state)) void look(true);
  },
  forget(job) {
    void attempt(async () => {
      await service.drop(job.id);
      if (state.job?.id === job.id) begin({ tab: state.tab });
      await readPast();
    });
  },
  more() {
    void attempt(async () => {
      const { imports, next } = await service.page(state.next);
      set({ past: [...state.past, ...imports], next });
    });
  },
  tab(tab) {
    set({ tab });
    if (tab === "past") void attempt(readPast);
  },
  row(row) {
    if (row === state.row) return;
    state.row = row;
    for (const line of document.querySelectorAll<HTMLElement>("[data-row]")) line.setAttribute("aria-selected", String(line.dataset["row"] === String(row)));
    drawing.choose(row);
  },
};

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  draw();
}

/** Away with what was there of a file; the kind stays, as files often come several of a kind. */
function begin(change: Partial<State>): void {
  asking?.abort();
  const reading = { ...NOTHING_SAID, kind: state.reading.kind };
  set({ file: null, sent: null, job: null, preview: null, looking: false, stopping: false, error: "", row: null, tab: "rows", reading, ...change });
  writeHash("job", state.job ? String(state.job.id) : null);
  drawing.show(null, true);
}

/** Does something; what goes wrong is shown. */
async function attempt(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    console.error(error);
    set({ error: error instanceof api.Problem && error.message ? error.message : t("offline"), looking: false, stopping: false });
  }
}

async function send(file: File): Promise<void> {
  set({ sent: 0, error: "" });
  await attempt(async () => {
    const job = await service.upload(file, state.reading.kind, (sent) => state.file === file && set({ sent }));
    if (state.file !== file) return;
    set({ job, sent: null, tab: "rows" });
    writeHash("job", String(job.id));
    await look(true);
  });
  if (!state.job) set({ sent: null, file: null, error: state.error || t("upload_failed") });
}

async function look(refit: boolean): Promise<void> {
  const { job } = state;
  if (!job || !job.kept) return;
  asking?.abort();
  const mine = (asking = new AbortController());
  set({ looking: true });
  await attempt(async () => {
    const preview = await service.look(job.id, state.reading, mine.signal);
    if (mine.signal.aborted) return;
    set({ preview, looking: false, error: "", row: null });
    drawing.show(preview, refit);
  });
}

/** Asks how far the import is until it has ended. */
async function follow(): Promise<void> {
  await attempt(async () => {
    const id = state.job?.id;
    while (state.job?.id === id && id !== undefined && isBusy(state)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const job = await service.job(id);
      if (state.job?.id === id) set({ job });
    }
    set({ stopping: false });
    find("#news").textContent = document.querySelector(".outcome .verdict")?.textContent ?? "";
    document.querySelector(".run")?.scrollIntoView({ block: "nearest" });
  });
}

async function readPast(): Promise<void> {
  const { imports, next } = await service.page(null);
  set({ past: imports, next });
}

/** Draws all parts; the focus stays on what it was on. */
function draw(): void {
  const key = (document.activeElement as HTMLElement | null)?.dataset["key"];
  const scrolled = document.querySelector(".scroll")?.scrollTop ?? 0;
  const started = state.job !== null && isOpen(state);
  find("#steps").replaceChildren(...[
    fileStep(state, acts), kindStep(state, acts),
    started && kindOf(state)?.shape !== "" ? datumStep(state, acts) : null, started ? columnStep(state, acts) : null, runStep(state, acts),
  ].filter((part) => part !== null));
  find("#table").replaceChildren(...tablePart(state, acts));
  const scroll = document.querySelector(".scroll");
  if (scroll) scroll.scrollTop = scrolled;
  if (key) document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  document.body.setAttribute("aria-busy", String(state.looking || state.sent !== null));
}

async function start(): Promise<void> {
  speakBoth();
  const [district, declared, choices] = await Promise.all([api.district(), api.layers(), service.choices()]);
  find("#district").textContent = district.name;
  whenLanguage(() => (document.title = `${t("import_title")} · ${district.name}`));
  const reading: Reading = { ...NOTHING_SAID };
  state = {
    district, choices, reading, file: null, sent: null, job: null, preview: null, looking: false, stopping: false, error: "",
    past: [], next: null, tab: "rows", row: null,
  };
  drawing = sketch(district, declared, (row) => {
    acts.row(row);
    document.querySelector(`[data-row="${row}"]`)?.scrollIntoView({ block: "nearest" });
  });
  takeDrops(acts, () => !isBusy(state) && state.sent === null);
  whenLanguage(() => {
    draw();
    find<HTMLAnchorElement>("#back").href = find<HTMLAnchorElement>(".brand").href = language() === "en" ? "/#lang=en" : "/";
  });
  await attempt(readPast);
  const asked = Number(readHash("job"));
  if (asked) await attempt(async () => acts.open(await service.job(asked)));
  else if (state.past.length > 0) set({ tab: "past" });
  // For tests and for people who look under the bonnet.
  Object.assign(window, { luge: { map: drawing.map } });
}

start().catch((error: unknown) => {
  console.error(error);
  const said = error instanceof api.Problem ? error.message : t("offline");
  find("#steps").replaceChildren(h("p", { class: "warn", role: "alert" }, said));
});
