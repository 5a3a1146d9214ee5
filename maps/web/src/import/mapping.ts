// The steps between file and import: which datum the coordinates have, which column is which field.
import { h } from "../dom";
import { t, tValue } from "../i18n";
import { radio } from "./file";
import type { Field, Preview } from "./service";
import { isBusy, isLacking, kindOf } from "./state";
import type { Acts, State } from "./state";
import { say } from "../words";

const PLACES = ["lon", "lat", "wkt"];
// A select's value is a column, or one of these before a value or for a value to be asked.
const COLUMN = "column:";
const VALUE = "value:";
const ASK = "ask:";

export function datumStep(state: State, acts: Acts): HTMLElement {
  const { choices, district, preview, reading } = state;
  const own = `EPSG:${district.srid}`;
  const standard = [...choices.datums, own];
  const other = reading.crs !== "" && !standard.includes(reading.crs);
  const choice = (value: string, name: string, hint: string) => h("label", { class: "datum" },
    radio("datum", value || "file", reading.crs === value, isBusy(state), () => acts.reading({ crs: value })),
    h("span", {}, h("b", {}, name), h("small", {}, hint)),
    value !== "" && preview?.likely === value && h("em", { class: "tag" }, t("likely")));
  const text = h("input", {
    type: "text", class: "text", "data-key": "datum-other", placeholder: t("datum_other"), "aria-label": t("datum_other"), disabled: isBusy(state),
    onchange: () => acts.reading({ crs: text.value.trim() }),
  });
  text.value = other ? reading.crs : "";
  return h("section", { class: "step card" },
    h("h2", { id: "head-datum" }, t("step_datum")),
    h("div", { class: "datums", role: "radiogroup", "aria-labelledby": "head-datum" },
      preview?.declared ? choice("", t("datum_file"), preview.declared) : null,
      ...choices.datums.map((name) => choice(name, tValue("datum", name), tValue("datum_hint", name))),
      choice(own, own, t("datum_hint_district"))),
    text,
    preview?.doubt ? h("p", { class: "warn doubt", role: "alert" }, say(preview.doubt)) : null);
}

export function columnStep(state: State, acts: Acts): HTMLElement | null {
  const { preview, reading } = state;
  const kind = kindOf(state);
  if (!preview || !kind || preview.columns.length === 0) return null;
  const onRoads = kind.shape === "";
  const places = onRoads ? [] : isTable(preview) || PLACES.some((place) => place in reading.columns) ? placesOf(preview) : [];
  return h("section", { class: "step card" },
    h("h2", {}, t("step_columns")),
    h("div", { class: "fields" },
      ...places.map((name) => fieldRow(state, acts, { name, type: "float", required: name !== "wkt", choices: [] })),
      ...kind.fields.map((field) => fieldRow(state, acts, field))),
    options(state, acts, onRoads));
}

function isTable({ places, problem }: Preview): boolean {
  return Object.keys(places).length > 0 || problem?.code === "NoPlaces";
}

function placesOf({ places }: Preview): string[] {
  if ("wkt" in places) return ["wkt"];
  return "lon" in places ? ["lon", "lat"] : PLACES;
}

function fieldRow(state: State, acts: Acts, field: Field): HTMLElement {
  const { preview, reading } = state;
  const place = PLACES.includes(field.name);
  const name = tValue("field", field.name);
  const lacking = place ? field.required && !(field.name in (preview?.places ?? {})) : isLacking(state, field);
  const select = columnSelect(state, field, place);
  select.addEventListener("change", () => {
    const columns = without(reading.columns, field.name);
    const constants = without(reading.constants, field.name);
    if (select.value.startsWith(COLUMN)) columns[field.name] = select.value.slice(COLUMN.length);
    if (select.value.startsWith(VALUE)) constants[field.name] = select.value.slice(VALUE.length);
    if (select.value === ASK) askValue(select, name, (value) => acts.reading({ columns, constants: { ...constants, [field.name]: value } }));
    else acts.reading({ columns, constants });
  });
  return h("label", { class: lacking ? "pair lacking" : "pair" },
    h("span", { class: "field-name" }, name, field.required && h("em", { title: t("required") }, "*"),
      field.required && h("span", { class: "visually-hidden" }, t("required"))),
    select);
}

function columnSelect({ preview, reading, ...state }: State, field: Field, place: boolean): HTMLSelectElement {
  const used = { ...preview?.fields, ...preview?.places }[field.name];
  const constant = reading.constants[field.name];
  const current = constant !== undefined ? VALUE + constant : used !== undefined ? COLUMN + used : "";
  const option = (value: string, text: string) => {
    const made = h("option", { value }, text);
    made.selected = value === current;
    return made;
  };
  // A column that is known by its name cannot be left unused; another one can be chosen.
  const known = used !== undefined && !(field.name in reading.columns);
  const values = field.choices.length ? field.choices.map((choice) => option(VALUE + choice, `= ${valueName(field, choice)}`)) : [];
  if (constant !== undefined && !field.choices.includes(constant)) values.push(option(VALUE + constant, `= ${constant}`));
  if (field.choices.length === 0) values.push(option(ASK, t("other_value")));
  return h("select", { "data-key": `field-${field.name}`, "data-field": field.name, disabled: isBusy({ preview, reading, ...state }) },
    !known && option("", t("no_column")),
    h("optgroup", { label: t("columns_of_file") }, ...(preview?.columns ?? []).map((column) => option(COLUMN + column, column))),
    !place && h("optgroup", { label: t("same_for_all") }, ...values));
}

function valueName(field: Field, value: string): string {
  const group = field.name === "kind" ? "road" : field.choices.includes("rota") ? "role" : field.name;
  return tValue(group, value);
}

function askValue(select: HTMLSelectElement, field: string, take: (value: string) => void): void {
  const label = t("value_for", { field });
  const input = h("input", {
    type: "text", class: "text", "aria-label": label, placeholder: label, "data-key": select.dataset["key"] ?? "",
    onchange: () => input.value.trim() !== "" && take(input.value.trim()),
  });
  select.replaceWith(input);
  input.focus();
}

function options(state: State, acts: Acts, onRoads: boolean): HTMLElement {
  const row = (name: "layer" | "encoding" | "margin_m", label: string) => {
    const input = h("input", {
      type: name === "margin_m" ? "number" : "text", min: 0, class: "text", "data-key": `option-${name}`, disabled: isBusy(state),
      onchange: () => acts.reading({ [name]: input.value.trim() }),
    });
    input.value = state.reading[name];
    return h("label", { class: "pair" }, h("span", { class: "field-name" }, label), input);
  };
  const { layer, encoding, margin_m } = state.reading;
  const wanted = layer + encoding + margin_m !== "" || state.preview?.problem?.code === "MissingLayer";
  return h("details", { class: "options", open: wanted },
    h("summary", { "data-key": "options" }, t("more_options")),
    row("layer", t("option_layer")), row("encoding", t("option_encoding")), onRoads ? null : row("margin_m", t("option_margin")));
}

function without(pairs: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).filter(([key]) => key !== name));
}
