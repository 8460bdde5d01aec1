const most = 256;

/**
 * `read`, whose answers to the last texts are remembered: the same few headers come again and again, and looking one up
 * costs a tenth of reading it. When it is full everything is forgotten, so that no flood of texts takes more memory.
 */
export function remembered<Text extends string | null, Answer>(read: (text: Text) => Answer): (text: Text) => Answer {
  const answers = new Map<Text, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = read(text);
    if (answers.size >= most) answers.clear();
    // Nobody's header is longer; what a stranger makes longer is read each time.
    if ((text?.length ?? 0) <= 512) answers.set(text, answer);
    return answer;
  };
}
