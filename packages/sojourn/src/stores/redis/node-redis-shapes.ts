/** What `createClient`, `createCluster` and `createSentinel` of node-redis 5 and 6 return, connected by you. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  sendCommand(...parameters: never[]): Promise<unknown>;
  duplicate(): unknown;
}

/** As much of the library as is used here. Its three kinds of clients differ in how a command says where it goes. */
export interface Connection {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
  destroy(): unknown;
}
export interface Single extends Connection {
  readonly options?: { readonly socket?: object };
  sendCommand(command: readonly string[], options: object): Promise<unknown>;
  multi(): Batch<[command: readonly string[]]>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  duplicate(override?: object): Single;
}
export interface Sentinel extends Connection {
  sendCommand(isReadonly: boolean, command: readonly string[], options: object): Promise<unknown>;
  multi(): Batch<[isReadonly: boolean, command: readonly string[]]>;
  duplicate(): Sentinel;
  acquire: unknown;
  _execute<Answer>(isReadonly: boolean, ask: (primary: Single) => Promise<Answer>): Promise<Answer>;
}
export interface Cluster extends Connection {
  sendCommand(key: string, isReadonly: boolean, command: readonly string[], options: object): Promise<unknown>;
  multi(): Batch<[key: string, isReadonly: boolean, command: readonly string[]]>;
  duplicate(): Cluster;
  readonly masters: readonly object[];
  nodeClient(node: object): Promise<Single> | Single;
}
export interface Batch<Parameters extends unknown[]> {
  addCommand(...parameters: Parameters): unknown;
  execAsPipeline(): Promise<readonly unknown[]>;
}
