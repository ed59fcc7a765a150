import type { ReportLang } from './report-document.js';

/** `0:47`, `12:05`, `1:02:33`: a duration as a clock shows it. @param s seconds, never negative */
export function spanClock(s: number): string {
  const whole = Math.max(0, Math.round(s));
  const [h, m, sec] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(sec)}` : `${m}:${two(sec)}`;
}

/** `0.2 s`, `47 s`, `12 min 5 s`, `1 h 2 min`: a duration in words. */
export function spanWords(s: number, lang: ReportLang): string {
  const [unitH, unitM, unitS] = lang === 'zh' ? [' 小时', ' 分', ' 秒'] : [' h', ' min', ' s'];
  if (s < 10) return `${Math.round(Math.max(0, s) * 10) / 10}${unitS}`;
  const whole = Math.round(s);
  if (whole < 60) return `${whole}${unitS}`;
  const [h, m, sec] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = h > 0 ? [`${h}${unitH}`, m ? `${m}${unitM}` : ''] : [`${m}${unitM}`, sec ? `${sec}${unitS}` : ''];
  return parts.filter(Boolean).join(' ');
}
