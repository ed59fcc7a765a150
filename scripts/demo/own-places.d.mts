export function withoutLogin(url: string): string;
export function ownPlaces(
  env: Record<string, string | undefined>,
  folder: string,
  say: (text: string) => void,
): Promise<Record<string, string>>;
