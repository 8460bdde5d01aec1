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
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        depth++;
        const { name = "", type = "", value = "" } = attributes;
        if (tag === "form" && forms.length < atMost) {
          const method = attributes.method?.toUpperCase() === "POST" ? "POST" : "GET";
          form = { action: attributes.action ?? "", method, inputs: [], text: "" };
          forms.push(form);
        } else if (tag === "a" && attributes.href !== undefined && links.length < atMost) {
          link = { href: attributes.href, text: "" };
          links.push(link);
        } else if (form && ["input", "button", "select", "textarea"].includes(tag) && form.inputs.length < atMost) {
          const kind = tag === "button" ? type || "submit" : tag === "input" ? type || "text" : tag;
          form.inputs.push({ name, type: kind.toLowerCase(), value });
          if (tag === "button") button = true;
          else if (kind === "submit") form.text += ` ${value}`;
        }
      },
      ontext(text) {
        if (link && link.text.length < 200) link.text += text;
        if (button && form && form.text.length < 200) form.text += ` ${text}`;
      },
      onclosetag(tag) {
        depth--;
        if (tag === "form") form = null;
        else if (tag === "a") link = null;
        else if (tag === "button") button = false;
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
