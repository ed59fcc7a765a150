import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../kernel/domain-error.js';
import { fontFaces } from './font-faces.js';

/** A font file with Chinese in it, and which of its faces to use. */
export interface ReportFont {
  readonly path: string;
  /** PostScript name; null = the file has one face. */
  readonly face: string | null;
}

const LINUX = ['/usr/share/fonts', '/usr/local/share/fonts'].flatMap((folder) => [
  join(folder, 'opentype/noto/NotoSansCJK-Regular.ttc'), // Debian, Ubuntu: fonts-noto-cjk
  join(folder, 'noto-cjk/NotoSansCJK-Regular.ttc'), // Arch, Alpine
  join(folder, 'google-noto-cjk/NotoSansCJK-Regular.ttc'), // Fedora
  join(folder, 'google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc'),
  join(folder, 'truetype/wqy/wqy-microhei.ttc'),
  join(folder, 'truetype/droid/DroidSansFallbackFull.ttf'),
]);
const MACOS = ['PingFang.ttc', 'STHeiti Light.ttc', 'Hiragino Sans GB.ttc'].map((f) =>
  join('/System/Library/Fonts', f),
);
const WINDOWS = ['msyh.ttc', 'simhei.ttf', 'simsun.ttc'].map((f) => `C:\\Windows\\Fonts\\${f}`);
export const FONT_PLACES: readonly string[] = [...LINUX, ...MACOS, ...WINDOWS];

const HOW_TO =
  'install the package fonts-noto-cjk (Debian, Ubuntu), or name a font file with Chinese in STEWARD_REPORT_FONT';
/** Simplified Chinese first: `NotoSansCJKsc-Regular`, `PingFangSC-Regular`, `STHeitiSC-Light`, `HiraginoSansGB-W3`. */
const CHINESE_FACES = [/(sc|SC)-Regular$/, /(sc|SC)\b|SC-/, /GB/];

/**
 * The font that PDF reports are set in.
 * @param wanted path from the settings; without it the usual places are looked through
 * @throws DomainError `unavailable` with what to install
 */
export async function findReportFont(wanted: string | undefined, places = FONT_PLACES): Promise<ReportFont> {
  for (const path of wanted === undefined ? places : [wanted]) {
    const file = await readFile(path).catch(() => null);
    if (!file) continue;
    try {
      const faces = fontFaces(file);
      if (faces.length === 1) return { path, face: null };
      const named = faces.filter((f) => f !== null);
      const chinese = CHINESE_FACES.map((p) => named.find((f) => p.test(f))).find((f) => f !== undefined);
      const face = chinese ?? named[0];
      if (face !== undefined) return { path, face };
    } catch {
      // No font, or one that is cut off: the next place may have a better one.
    }
  }
  const what =
    wanted === undefined ? 'No font with Chinese characters was found' : `${wanted} is no font that can be read`;
  throw new DomainError('unavailable', `${what}: ${HOW_TO}. The report as HTML needs none.`, { reason: 'no font' });
}
