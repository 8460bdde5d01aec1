/** Something a request waits for until the test lets it go on. */
export interface Gate {
  /** Waits here. */
  pass(): Promise<void>;
  /** Until somebody waits. */
  readonly reached: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let arrive = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    pass() {
      arrive();
      return opened;
    },
    reached,
    open: () => open(),
  };
}
