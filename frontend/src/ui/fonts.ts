// The one self-hosted typeface in its two weights; a browser fetches only the subsets it shows.
import '@fontsource/noto-sans-sc/400.css';
import '@fontsource/noto-sans-sc/700.css';

/** Make sure these words can be drawn (a canvas does not wait for a font by itself). */
export async function loadWords(words: string): Promise<void> {
  if (words === '') return;
  await Promise.allSettled([
    document.fonts.load('400 24px "Noto Sans SC"', words),
    document.fonts.load('700 24px "Noto Sans SC"', words),
  ]);
}
