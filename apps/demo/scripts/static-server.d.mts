export interface ServeOptions {
  port?: number;
  root?: string;
  onSent?: (path: string, bytes: number) => void;
}

export function serve(options?: ServeOptions): Promise<{ address: string; close: () => Promise<void> }>;
