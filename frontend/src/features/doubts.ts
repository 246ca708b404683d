// Why a position may be wrong, in words.

import { has, said, t } from '../i18n';
import type { PositionDoc } from '../wire/documents';

/** How people write the datums that devices name. */
const DATUMS: Record<string, string> = { WGS84: 'WGS-84', CGCS2000: 'CGCS2000', GCJ02: 'GCJ-02', BD09: 'BD-09' };

function datumName(code: string): string {
  return DATUMS[code] ?? code;
}

/** The reason, or '' where nothing is doubted; one that is new to this page is said in general. */
export function doubtWords({ doubtful, wrong_datum }: Pick<PositionDoc, 'doubtful' | 'wrong_datum'>): string {
  if (doubtful === null) return '';
  if (doubtful === 'datum') {
    if (!wrong_datum) return t('common.doubt_other');
    const { declared, suspected } = wrong_datum;
    return t('common.doubt_datum', { declared: datumName(declared), suspected: datumName(suspected) });
  }
  return has('common', `doubt_${doubtful}`) ? said('common', `doubt_${doubtful}`) : t('common.doubt_other');
}
