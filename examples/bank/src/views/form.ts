import { type Html, html, type Part } from "./html.ts";

/** What is wrong with a form, by the name of the field. */
export type Problems = Readonly<Record<string, string>>;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password";
  readonly value?: string;
  readonly hint?: string;
  readonly autocomplete: string;
  readonly inputmode?: "decimal" | "numeric";
  readonly maxlength?: number;
  readonly optional?: boolean;
  readonly problems: Problems;
}

/** One labelled field; its hint and its problem are read with it. */
export function field(options: Field): Html {
  const {
    name,
    label,
    type = "text",
    value = "",
    hint,
    autocomplete,
    inputmode,
    maxlength,
    optional,
    problems,
  } = options;
  const problem = Object.hasOwn(problems, name) ? problems[name] : undefined;
  const describedBy = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(" ");
  return html`<div class="field">
<label for="${name}">${label}${optional === true && html` <span class="optional">(optional)</span>`}</label>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : null}
${problem ? html`<p class="problem" id="${name}-problem">${problem}</p>` : null}
<input id="${name}" name="${name}" type="${type}" value="${type === "password" ? "" : value}" autocomplete="${autocomplete}"${[
    inputmode ? html` inputmode="${inputmode}"` : null,
    maxlength ? html` maxlength="${maxlength}"` : null,
    optional !== true && html` required`,
    describedBy !== "" && html` aria-describedby="${describedBy}"`,
    problem ? html` aria-invalid="true"` : null,
  ]}>
</div>`;
}

/** Every problem at the top of the page, each a link to its field. It takes the focus, so that it is read first. */
export function problemSummary(problems: Problems): Part {
  const entries = Object.entries(problems);
  if (entries.length === 0) return null;
  return html`<section class="problems" role="alert" aria-labelledby="problems-title" tabindex="-1" autofocus>
<h2 id="problems-title">Please look at this again</h2>
<ul class="problems-list">
${entries.map(([name, problem]) => html`<li><a href="#${name}">${problem}</a></li>`)}
</ul>
</section>`;
}

/** Something that went well, said once at the top. */
export function notice(text: string | null): Part {
  return text && html`<p class="notice" role="status">${text}</p>`;
}
