import { Parser } from "htmlparser2";

/** What is worth knowing of an HTML page. */
export interface Page {
  readonly forms: readonly Form[];
  readonly links: readonly Link[];
}

export interface Form {
  readonly action: string;
  readonly method: "GET" | "POST";
  readonly inputs: readonly Input[];
  /** What its buttons say. */
  readonly text: string;
}

export interface Input {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** Whether a browser sends it when nobody has touched the form. */
  readonly isSent: boolean;
}

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** No page that a person uses has more. */
const atMost = 500;
/** Browsers nest no deeper either; the parser's time grows with the depth. */
const deepest = 512;
const pieceLength = 16_384;

/** Reads a page in one pass, however badly it is written, up to where it is nested too deep. */
export function readPage(html: string): Page {
  const forms: (Form & { inputs: Input[]; text: string })[] = [];
  const links: (Link & { text: string })[] = [];
  let form: (typeof forms)[number] | null = null;
  let link: (typeof links)[number] | null = null;
  let button = false;
  let field: Writing | null = null;
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        depth++;
        if (tag === "form" && forms.length < atMost) {
          const method = attributes.method?.toUpperCase() === "POST" ? "POST" : "GET";
          form = { action: attributes.action ?? "", method, inputs: [], text: "" };
          forms.push(form);
        } else if (tag === "a" && attributes.href !== undefined && links.length < atMost) {
          link = { href: attributes.href, text: "" };
          links.push(link);
        } else if (form && tag === "option") {
          if (field) chooseOption(field, attributes);
        } else if (form && controls.includes(tag) && form.inputs.length < atMost) {
          const input = inputOf(tag, attributes);
          form.inputs.push(input);
          if (tag === "button") button = input.type === "submit";
          else if (input.type === "submit") form.text += ` ${input.value}`;
          else if (tag === "select" || tag === "textarea")
            field = {
              input,
              inputs: form.inputs,
              isMultiple: attributes.multiple !== undefined,
              reads: tag === "textarea",
            };
        }
      },
      ontext(text) {
        if (link && link.text.length < 200) link.text += text;
        if (button && form && form.text.length < 200) form.text += ` ${text}`;
        if (field?.reads && field.input.value.length < longestText) field.input.value += text;
      },
      onclosetag(tag) {
        depth--;
        if (tag === "form") form = null;
        else if (tag === "a") link = null;
        else if (tag === "button") button = false;
        else if (tag === "select" || tag === "textarea") field = null;
        else if (tag === "option" && field) field.reads = false;
      },
    },
    { decodeEntities: true },
  );
  for (let at = 0; at < html.length && depth <= deepest; at += pieceLength) {
    parser.write(html.slice(at, at + pieceLength));
  }
  parser.end();
  return { forms, links };
}

type Changing<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A field whose value comes between its tags. */
interface Writing {
  input: Changing<Input>;
  readonly inputs: Input[];
  readonly isMultiple: boolean;
  /** What is read now is its value. */
  reads: boolean;
}

const controls = ["input", "button", "select", "textarea"];
const longestText = 100_000;
const unsent = ["button", "reset", "image", "file"];

function inputOf(tag: string, attributes: Readonly<Record<string, string>>): Changing<Input> {
  const { name = "", type = "" } = attributes;
  const kind = (tag === "button" ? type || "submit" : tag === "input" ? type || "text" : tag).toLowerCase();
  const isChoice = kind === "checkbox" || kind === "radio";
  const isLeftOut = name === "" || attributes.disabled !== undefined || unsent.includes(kind);
  return {
    name,
    type: kind,
    value: attributes.value ?? (isChoice ? "on" : ""),
    // A list without an option has nothing to send.
    isSent: !isLeftOut && kind !== "select" && (!isChoice || attributes.checked !== undefined),
  };
}

/** The option that is selected, or else the first one; of a list of several, each that is selected. */
function chooseOption(field: Writing, attributes: Readonly<Record<string, string>>): void {
  const isSelected = attributes.selected !== undefined;
  const isFirst = !field.input.isSent;
  if (field.input.name === "" || !(isSelected || (isFirst && !field.isMultiple))) return;
  if (isSelected && !isFirst && field.isMultiple) {
    field.input = { ...field.input };
    field.inputs.push(field.input);
  }
  field.input.value = attributes.value ?? "";
  field.input.isSent = true;
  field.reads = attributes.value === undefined;
}
